import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { TopLevelSpec } from 'vega-lite';

/** Renders a Vega-Lite chart to SVG. The libraries take seconds to load, so they are loaded here and not before. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  try {
    return withOwnIds(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/**
 * Vega numbers clips and gradients on through a process, so that a picture depended on those before it. They are numbered
 * by picture and carry its hash: pictures stay the same, and several in one page do not take each other's.
 */
function withOwnIds(svg: string): string {
  const numbers = new Map<string, number>();
  const rename = (name: (kind: string, number: number) => string): string =>
    svg.replace(/(id="|url\(#)((clip|gradient)_?\d+)/g, (_, before: string, id: string, kind: string) => {
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      return before + name(kind, numbers.get(id)!);
    });
  const hash = createHash('sha256')
    .update(rename((kind, number) => `${kind}${number}`))
    .digest('hex')
    .slice(0, 8);
  return rename((kind, number) => `${kind}-${hash}-${number}`);
}

/** Rasterises an SVG with the font that is installed with the project, so that it looks alike on every machine. */
export async function renderPng(svg: string, scale = 2): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    background: 'white',
    font: {
      loadSystemFonts: false,
      fontFiles: fontFiles(),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  });
  return resvg.render().asPng();
}

function fontFiles(): string[] {
  const folder = path.dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'));
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf'].map((file) =>
    path.join(folder, 'ttf', file),
  );
}

/** What all charts share. */
export const chartConfig = {
  font: 'DejaVu Sans, sans-serif',
  background: 'white',
  axis: { grid: true, gridOpacity: 0.35, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal' },
  legend: { labelFontSize: 11, titleFontSize: 11, labelLimit: 320, orient: 'bottom', columns: 5 },
  title: { fontSize: 13, fontWeight: 'bold', anchor: 'start', subtitleFontSize: 11 },
  view: { stroke: '#999999' },
} as const;

/** Labels stand at their ticks at the ends of an axis too, where Vega-Lite would draw them inwards. */
export const onTicks = { labelFlush: false } as const;

/** Of panels that stand by themselves: labels take the same room in each, so that all come out in one size. */
export const panelConfig = {
  ...chartConfig,
  ...{ axisX: onTicks, axisY: { ...onTicks, minExtent: 36, maxExtent: 36 } },
  legend: { ...chartConfig.legend, columns: 2 },
} as const;
