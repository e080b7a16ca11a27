import type { LoadedSweep } from '../experiment/sweep/load.js';
import type { Shard } from '../experiment/sweep/plan.js';
import { tryPoints, type Tried } from '../experiment/sweep/try-points.js';

/** Points that cannot be of which so many are named. */
const named = 10;

/**
 * Prints what a sweep would run, and which of its points cannot be.
 * @returns the exit code: 1 where trials would fail
 */
export function printPlan(sweep: LoadedSweep, shard: Shard | undefined, json: boolean): number {
  const count = sweep.points.count();
  const own = shard ? Math.floor((count - shard.part) / shard.of) + 1 : count;
  const { axes, seeds, asked, notes } = sweep.points;
  const tried = tryPoints(sweep);
  const code = tried.refused.length > 0 ? 1 : 0;
  if (json) {
    const points = { points: asked, leftOut: sweep.points.leftOut() };
    console.log(
      JSON.stringify({ sweep: sweep.config.name, trials: count, own, ...points, axes, seeds, notes, ...tried }),
    );
    return code;
  }
  const part = shard ? `, ${own} of them in part ${shard.part} of ${shard.of}` : '';
  const width = Math.max(0, ...axes.map(({ path: at }) => at.length));
  const lines = axes.map(({ path: at, values }) => `${at.padEnd(width)}  ${values.length} values: ${listed(values)}`);
  const said = linesAbout(sweep);
  console.log(
    [`${sweep.config.name}: ${count} trials${part}`, ...lines, `seeds: ${listed(seeds)}`, ...said].join('\n'),
  );
  if (code > 0) console.error(refusedLines(tried, asked - sweep.points.leftOut()).join('\n'));
  return code;
}

/** What conditions leave out of a sweep, and what of its file is not taken as it stands. */
export function linesAbout({ points, config }: LoadedSweep): string[] {
  const left = points.leftOut();
  const hypercube =
    config.latinHypercube === undefined ? '' : '; what is left is no whole Latin hypercube, some slices are empty';
  return [
    ...points.notes,
    ...(left > 0
      ? [`where: leaves out ${left} of ${points.asked} points, ${points.asked - left} are left${hypercube}`]
      : []),
  ];
}

function refusedLines({ tried, refused }: Tried, points: number): string[] {
  const of = tried === points ? `${points} points` : `${tried} points that were tried (there are ${points})`;
  const more = refused.length > named ? [`… and ${refused.length - named} more`] : [];
  const head = `${refused.length} of ${of} cannot be, and would be trials that fail:`;
  return [head, ...refused.slice(0, named).map(({ message }) => message), ...more];
}

function listed(values: readonly unknown[]): string {
  const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return texts.length <= 12 ? texts.join(', ') : `${texts.slice(0, 10).join(', ')}, … ${texts.at(-1)!}`;
}
