import { createRequire } from 'node:module';
import type { TopLevelSpec } from 'vega-lite';

/** The font of every figure, shipped so that a PNG looks alike on every machine. */
const fontFamily = 'DejaVu Sans';

/**
 * Draws a Vega-Lite specification. The libraries are loaded here, since nothing but figures needs them.
 * @returns the figure as SVG, and as PNG of twice its size in pixels
 */
export async function drawFigure(spec: TopLevelSpec): Promise<{ readonly svg: string; readonly png: Uint8Array }> {
  const [{ compile }, { View, parse, Warn }, { Resvg }] = await Promise.all([
    import('vega-lite'),
    import('vega'),
    import('@resvg/resvg-js'),
  ]);
  const view = new View(
    parse(compile({ ...spec, config: { font: fontFamily, background: 'white', ...spec.config } }).spec),
    {
      renderer: 'none',
      logLevel: Warn,
    },
  );
  const svg = await view.toSVG();
  view.finalize();
  const require = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) =>
    require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`),
  );
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: fontFamily },
  });
  return { svg, png: resvg.render().asPng() };
}
