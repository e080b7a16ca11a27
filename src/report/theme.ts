import { chartConfig } from './render.js';

/**
 * Colours of a report's figures: blue, vermilion, bluish green, purple, ochre and grey, which people with every kind of
 * colour vision tell apart, each at least 4.5 to 1 against white.
 * @see Wong, Nature Methods 8 (2011) 441, from which the hues are; darker here
 */
export const series = ['#0072b2', '#c44e00', '#007f5f', '#a0447d', '#8a6d00', '#4b5a68'] as const;

/**
 * Colours of values in their order, from the least: hue and lightness go one way, so that people with every kind of colour
 * vision see the order, each at least 2.9 to 1 against the page, light and dark. Two of them, for two quantities side by side.
 */
const orderedLight = [
  ['#320f71', '#1f2b86', '#01477e', '#025a79', '#0a6b78', '#0c7c78', '#028f6f', '#30a054', '#76a738'],
  ['#50004d', '#670050', '#7b104f', '#8f1f4c', '#a22f47', '#b33f41', '#c25139', '#cf6430', '#da7827'],
] as const;
const orderedDark = [
  ['#7b67cc', '#6580e1', '#4099ec', '#04b1e8', '#10c5dc', '#0cd9d1', '#44eabc', '#8bf5a4', '#c7fc8d'],
  ['#aa55a4', '#c15ea2', '#d7699f', '#ec769b', '#fd8696', '#fe9f9b', '#feb7a6', '#ffcdb8', '#ffe1ce'],
] as const;

/** So many are told apart. */
export const mostOrdered = orderedLight[0].length;

/** Colours of so many values in their order, as far apart as they come. */
export function orderedColours(count: number, which: number): string[] {
  const colours = orderedLight[which % orderedLight.length]!;
  const place = (i: number): number => (count < 2 ? 2 : (i * (colours.length - 1)) / (count - 1));
  return Array.from({ length: count }, (_, i) => colours[Math.round(place(i))]!);
}

/** Of fills that letters stand on: the same on a light page and on a dark one. */
export const fill = '#0070b0';

export const ink = '#1d2329';
export const soft = '#56616b';
export const gridLine = '#d9dee3';
const [axisLine, paper] = ['#8b959e', '#ffffff'] as const;

/** The name of each colour in a page, and what it is there in the dark. */
const inPage: readonly (readonly [light: string, variable: string, dark: string])[] = [
  [ink, '--ink', '#e6e9ec'],
  [soft, '--soft', '#a3adb7'],
  [axisLine, '--axis', '#6d7780'],
  [gridLine, '--grid', '#353c44'],
  [paper, '--paper', '#14181c'],
  ...series.map((light, i) => [light, `--series-${i}`, darkSeries(i)] as const),
  ...orderedLight.flatMap((colours, which) =>
    colours.map((light, i) => [light, `--ordered-${which}-${i}`, orderedDark[which]![i]!] as const),
  ),
];

function darkSeries(i: number): string {
  return ['#5ab1e8', '#ff9a57', '#3fcf9f', '#e08cbf', '#d9b838', '#a5b1bd'][i]!;
}

/** The colours as custom properties, of the light page or the dark one. */
export function properties(which: 'light' | 'dark'): string {
  return inPage.map(([light, name, dark]) => `${name}: ${which === 'light' ? light : dark};`).join(' ');
}

/** Colours of figures made for other pages, by their names here. */
const others = new Map([
  ['#1f5fa8', '--series-0'],
  ['#c8442b', '--series-1'],
  ['#888888', '--axis'],
]);

/**
 * An SVG as it stands in a page: its colours follow the page's, its background is the page's, and its ids carry a prefix,
 * so that no two in a page are alike.
 */
export function inlined(svg: string, prefix: string): string {
  const names = new Map([...inPage.map(([light, name]) => [light, name] as const), ...others]);
  return svg
    .replace(/(id="|url\(#|href="#)/g, `$1${prefix}-`)
    .replace(/(fill|stroke|stop-color)="(#[0-9a-f]{6}|white|black)"/gi, (whole, attribute: string, colour: string) => {
      const name = names.get(colour.toLowerCase());
      return name === undefined ? whole : `${attribute}="var(${name})"`;
    });
}

const text = { labelColor: soft, titleColor: ink };

/** What the figures of a report share. */
export const reportConfig = {
  ...chartConfig,
  background: paper,
  axis: {
    ...{
      ...chartConfig.axis,
      ...text,
      gridColor: gridLine,
      gridOpacity: 1,
      domainColor: axisLine,
      tickColor: axisLine,
    },
    ...{ titlePadding: 8, labelPadding: 4 },
  },
  legend: {
    ...chartConfig.legend,
    ...text,
    labelColor: ink,
    columns: 2,
    symbolSize: 140,
    symbolStrokeWidth: 2.2,
    rowPadding: 3,
  },
  title: { ...chartConfig.title, fontSize: 12.5, color: ink, subtitleColor: soft, offset: 10 },
  header: { labelColor: ink, titleColor: ink },
  text: { color: ink, font: chartConfig.font },
  view: { stroke: null },
} as const;
