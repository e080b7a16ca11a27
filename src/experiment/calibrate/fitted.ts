import path from 'node:path';
import { stringify } from 'yaml';
import { formatPath, parsePath } from '../place.js';
import type { Evaluator } from './evaluator.js';
import type { LoadedCalibration } from './load.js';
import type { FamilyFit } from './search.js';
import { assignmentsOf, pointOf, type Assignment } from './space.js';

/**
 * The fitted point as files: `device-overrides.yaml`, whose values any experiment can take, and for every target
 * `fitted-<target>.yaml`, the whole experiment that `mho run` trains and others extend.
 */
export function fittedFiles(
  calibration: LoadedCalibration,
  evaluator: Evaluator,
  fit: FamilyFit,
  folder: string,
): Map<string, string> {
  const { targets } = calibration.config;
  const wholes = targets.map(({ name }, t): [string, string] => {
    return [`fitted-${name}.yaml`, wholeFile(calibration, evaluator, fit, t)];
  });
  return new Map([['device-overrides.yaml', overridesFile(calibration, evaluator, fit, folder)], ...wholes]);
}

function overridesFile(calibration: LoadedCalibration, evaluator: Evaluator, fit: FamilyFit, folder: string): string {
  const { targets, name } = calibration.config;
  const lines = [
    `# The point that the calibration ${name} fitted; see report.md.`,
    '# Values below are those that every target shares. All values of a target, as mho run takes them:',
    ...targets.flatMap((target, t) => [
      `# ${target.name}:`,
      `#   mho run ${path.relative(folder, calibration.experiments[t]!)} \\`,
      ...setOptions(evaluator, fit, t).map((option, i, all) => `#     ${option}${i < all.length - 1 ? ' \\' : ''}`),
    ]),
  ];
  return `${lines.join('\n')}\n${stringify(sharedTree(calibration, fit))}`;
}

function setOptions(evaluator: Evaluator, fit: FamilyFit, target: number): string[] {
  const trial = { candidate: candidateOf(fit), rung: fit.models[target]!.target.rungs.length - 1 };
  return evaluator.overridesOf(trial, target).map((text) => `--set '${text.replaceAll("'", `'\\''`)}'`);
}

function candidateOf({ family, values }: FamilyFit) {
  return { id: -1, family, values, point: pointOf(family.parameters, values), round: 0 };
}

/** What goes to the same mapping of every target, as a tree. Items of lists cannot stand alone in a file that extends. */
function sharedTree({ config }: LoadedCalibration, { family, values }: FamilyFit): object {
  const [first, ...others] = config.targets.map(({ name }) => assignmentsOf(family.parameters, values, name));
  const shared = first!.filter(({ path: place, text }) =>
    others.every((list) => list.some((other) => other.path === place && other.text === text)),
  );
  const tree: Record<string, unknown> = {};
  for (const assignment of shared) put(tree, assignment);
  return tree;
}

function put(tree: Record<string, unknown>, { path: place, text }: Assignment): void {
  const steps = parsePath(place);
  if (steps.some((step) => typeof step === 'number')) return;
  const [last, ...before] = steps.map(String).reverse();
  let at = tree;
  for (const step of before.reverse()) at = (at[step] ??= {}) as Record<string, unknown>;
  at[last!] = Number.isNaN(Number(text)) ? text : Number(text);
}

/** The resolved experiment, which says of what was fitted that it was. */
function wholeFile({ config }: LoadedCalibration, evaluator: Evaluator, fit: FamilyFit, target: number): string {
  const { name, rungs } = config.targets[target]!;
  const trial = { candidate: candidateOf(fit), rung: rungs.length - 1 };
  const whole = evaluator.experiment(trial, target).resolved as Whole;
  const fitted = assignmentsOf(fit.family.parameters, fit.values, name);
  const origin = `fitted: calibration ${config.name}`;
  const [inDevice, outside] = [fitted.filter(isOfDevice), fitted.filter((one) => !isOfDevice(one))];
  const device = withOrigins(
    whole.device,
    inDevice.map(({ path: place }) => place.replace(/^device\./, '')),
    origin,
  );
  const own = withOrigins(
    { ...whole, device },
    outside.map(({ path: place }) => place),
    origin,
  );
  const head = `# ${name} at the point that the calibration ${config.name} fitted.\n`;
  return head + stringify({ ...own, name: `${whole.name}-fitted` }, { lineWidth: 120 });
}

interface WithOrigin {
  readonly origin?: Readonly<Record<string, string>>;
}

interface Whole extends WithOrigin {
  readonly name: string;
  readonly device: WithOrigin;
}

function isOfDevice({ path: place }: Assignment): boolean {
  return place.startsWith('device.');
}

function withOrigins<T extends WithOrigin>(owner: T, places: readonly string[], text: string): T {
  if (places.length === 0) return owner;
  const normal = places.map((place) => formatPath(parsePath(place)));
  const kept = Object.entries(owner.origin ?? {}).filter(([place]) => !normal.includes(formatPath(parsePath(place))));
  return {
    ...owner,
    origin: { ...Object.fromEntries(kept), ...Object.fromEntries(normal.map((place) => [place, text])) },
  };
}
