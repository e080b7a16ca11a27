import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { plotDevice } from '../../src/report/device/plot-device.js';
import { shippedConfigs } from '../../src/experiment/files.js';
import { Scratch } from '../experiment/scratch.js';

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
});

const plot = (device: string, out: string, more: { pulses?: number; csv?: boolean; force?: boolean } = {}) =>
  plotDevice({ device, out: scratch.path(out), pulses: undefined, csv: false, force: false, ...more });

/** Texts of an SVG. */
function words(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

describe('the plot of a device', () => {
  it.each([...shippedConfigs('devices').keys()])('is drawn of %s', async (device) => {
    const { model, curves } = await plot(device, `${device}.svg`);
    const svg = readFileSync(scratch.path(`${device}.svg`), 'utf8');
    const texts = words(svg);
    expect(texts).toEqual(expect.arrayContaining(['LTP (potentiation)', 'LTD (depression)']));
    const axis = model === 'ideal' ? 'request number' : 'pulse number';
    expect(texts).toContain(axis);
    if (model !== 'ideal') expect(texts.some((text) => /^ΔG of one pulse \((m|µ|n|p|f)S\)$/.test(text))).toBe(true);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const { up, down } = curves.trains;
    expect(up.mean.at(-1)).toBeGreaterThan(up.mean[0]!);
    expect(down.mean.at(-1)).toBeLessThan(down.mean[0]!);
    const png = `${device}.png`;
    await plot(device, png);
    expect([...readFileSync(scratch.path(png)).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  });

  it('is written over nothing that is there, unless it is forced', async () => {
    await plot('taox', 'kept.svg');
    await expect(plot('epiram', 'kept.svg')).rejects.toThrow(
      /kept\.svg: is there already; name another file, or say --f/,
    );
    await plot('epiram', 'kept.svg', { force: true });
    scratch.write('other.train.csv', 'mine');
    await expect(plot('taox', 'other.svg', { csv: true })).rejects.toThrow(
      /^--csv \S*other\.train\.csv: is there already/,
    );
    expect(existsSync(scratch.path('other.svg'))).toBe(false);
  });

  it('is drawn of measured tables', async () => {
    const tables = (sign: 1 | -1) => ({
      ...{ conductance: [1e-6, 2e-6, 3e-6], cdf: [0, 0.5, 1] },
      delta: [-1, 0, 1].map((k) => [2, 1.5, 1].map((step) => sign * step * 1e-8 + k * 1e-8)),
    });
    const device = { model: 'lookup-table', tables: { increasing: tables(1), decreasing: tables(-1) } };
    const { curves } = await plot(scratch.write('tables.yaml', JSON.stringify(device)), 'tables.svg');
    const { up } = curves.steps;
    expect(up.at[0]).toBeCloseTo(1e-6, 12);
    expect(up.mean[0]).toBeCloseTo(2e-8, 12);
    // The distribution is even between mean ± 1e-8, and 68 % of it within ± 0.683e-8.
    expect(up.high[0]! - up.mean[0]!).toBeCloseTo(0.6827e-8, 11);
  });

  it('has as many pulses as were asked for, and tables beside it that hold them', async () => {
    const { written, curves } = await plot('epiram', 'ten.html', { pulses: 10, csv: true });
    expect(written.map((file) => file.slice(scratch.folder.length + 1))).toEqual([
      ...['ten.html', 'ten.train.csv', 'ten.steps.csv'],
    ]);
    expect(readFileSync(scratch.path('ten.html'), 'utf8')).toContain('<svg');
    const [head, ...rows] = readFileSync(scratch.path('ten.train.csv'), 'utf8').trimEnd().split('\n');
    expect(head).toBe('branch,pulse,conductance_S,low,high');
    expect(rows).toHaveLength(22);
    const [branch, pulse, conductance] = rows[10]!.split(',');
    expect([branch, pulse]).toEqual(['ltp', '10']);
    expect(Number(conductance) / curves.trains.up.mean[10]!).toBeCloseTo(1, 6);
  });

  it.each(['picture', 'picture.pdf'])('is refused as %s', async (out) => {
    await expect(plot('epiram', out)).rejects.toThrow(`--out: got ${out}, expected a name that ends with .svg, .png`);
  });
});
