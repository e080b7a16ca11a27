import { z } from 'zod';
import { nearestName } from '../errors.js';
import { describeExpected } from './expected.js';
import type { ConfigPath, Mistake } from './place.js';
import { keysAt, schemasAt } from './schema-walk.js';
import { find, toPlain, type Tree } from './tree.js';

type Issue = z.core.$ZodIssue;

/** A value that was refused: its schema, its tree, and where both stand in the whole configuration. */
interface Context {
  readonly schema: z.core.$ZodType;
  readonly tree: Tree;
  readonly plain: unknown;
}

/** The outcome of holding a tree against a schema. */
export interface Checked<T> {
  readonly value?: T;
  readonly mistakes: readonly Mistake[];
}

/** Parses a tree by a schema; everything that is wrong points at the place where it was written. */
export function checkTree<S extends z.ZodType>(schema: S, tree: Tree): Checked<z.output<S>> {
  const plain = toPlain(tree);
  // An empty message marks the mistakes for which the schema has no words of its own.
  const result = schema.safeParse(plain, { error: () => '' });
  if (result.success) return { value: result.data, mistakes: [] };
  const context: Context = { schema, tree, plain };
  const mistakes = result.error.issues.flatMap((issue) => mistakesOf(issue, [], context));
  return { mistakes: withoutMeant(mistakes).map(({ mistake }) => mistake) };
}

/** A mistake; for an unknown key, the known one that was likely meant; for a missing value, that it is missing. */
interface Finding {
  readonly mistake: Mistake;
  readonly meant?: string | undefined;
  readonly missing?: boolean;
}

/** A key that is missing only because it was misspelt is one mistake, not two. */
function withoutMeant(findings: readonly Finding[]): readonly Finding[] {
  const meant = new Set(findings.flatMap((finding) => finding.meant ?? []));
  return findings.filter(({ missing, mistake }) => missing !== true || !meant.has(JSON.stringify(mistake.path)));
}

function mistakesOf(issue: Issue, base: ConfigPath, context: Context): Finding[] {
  const path = [...base, ...issue.path.map(toStep)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, context));
    case 'invalid_union':
      return unionMistakes(issue, path, context);
    default:
      return [refused(path, ownMessage(issue) ?? `expected ${expectedAt(path, context)}`, context)];
  }
}

/** The words that a schema has for this mistake, or undefined where it leaves them to us. */
function ownMessage({ message }: Issue): string | undefined {
  return message === '' ? undefined : message;
}

function toStep(step: PropertyKey): string | number {
  return typeof step === 'number' ? step : String(step);
}

function unknownKey(path: ConfigPath, key: string, { schema, tree, plain }: Context): Finding {
  const known = keysAt(schema, path, plain);
  if (known.includes(key)) return clashingKey([...path, key], known, tree);
  const near = nearestName(key, known);
  const remedy = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
  const full = [...path, key];
  const mistake: Mistake = { place: find(tree, full).key, path: full, what: 'is not a known key', remedy };
  return { mistake, meant: near === undefined ? undefined : JSON.stringify([...path, near]) };
}

/** A key of another alternative than the one that the keys beside it make. */
function clashingKey(path: ConfigPath, known: readonly string[], tree: Tree): Finding {
  const what = 'cannot stand together with the keys beside it';
  return { mistake: { place: find(tree, path).key, path, what, remedy: `keep one of ${known.join(', ')}` } };
}

/** A value that is refused where it stands, or missing from the mapping that should hold it. */
function refused(path: ConfigPath, expected: string, context: Context): Finding {
  const { node, complete } = find(context.tree, path);
  const { place } = node;
  if (!complete) return { mistake: { place, path, what: `is missing, ${expected}` }, missing: true };
  const what = expected.startsWith('got ') ? expected : `got ${describeGot(node)}, ${expected}`;
  const near = nearestChoice(node, path, context);
  const remedy =
    near === undefined ? (numberAsMeant(node, expected) ?? keysOf(path, expected, context)) : `did you mean ${near}?`;
  return { mistake: { place, path, what, ...(remedy === undefined ? {} : { remedy }) } };
}

function describeGot(node: Tree): string {
  if (node.kind === 'scalar') return node.value === null ? 'nothing' : shortened(JSON.stringify(node.value));
  if (node.kind === 'mapping') return 'a mapping';
  const written = JSON.stringify(toPlain(node));
  return written.length <= 40 ? written : `a list of ${node.items.length}`;
}

/** A whole file of another kind is one text to YAML. */
export function shortened(written: string): string {
  return written.length <= 80 ? written : `${written.slice(0, 79)}…"`;
}

/** A share is written as the field's papers print it, `1 %`, and a number with a comma; configurations hold fractions. */
function numberAsMeant(node: Tree, expected: string): string | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !expected.startsWith('expected a number')) return;
  if (/^[+-]?\d+,\d+(?:[eE][+-]?\d+)?$/.test(node.value)) return `write ${node.value.replace(',', '.')}`;
  const [, digits] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*%\s*$/.exec(node.value) ?? [];
  return digits === undefined ? undefined : `write ${Number((Number(digits) / 100).toPrecision(14))}`;
}

/** What a mapping holds that something else stands in the place of. */
function keysOf(path: ConfigPath, expected: string, { schema, plain }: Context): string | undefined {
  const keys = expected === 'expected a mapping' ? keysAt(schema, path, plain) : [];
  return keys.length === 0 ? undefined : `its keys are ${keys.join(', ')}`;
}

function nearestChoice(node: Tree, path: ConfigPath, context: Context): string | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  return nearestName(node.value, choicesAt(path, context));
}

/** The words that may stand under a path; of a union's discriminator, those of every alternative. */
function choicesAt(path: ConfigPath, { schema }: Context): string[] {
  return schemasAt(schema, path, undefined).flatMap((option) => {
    const { def } = (option as z.core.$ZodTypes)._zod;
    if (def.type === 'literal') return def.values.map(String);
    return def.type === 'enum' ? Object.values(def.entries).map(String) : [];
  });
}

function expectedAt(path: ConfigPath, { schema, plain }: Context): string {
  const expected = schemasAt(schema, path, plain).map(describeExpected);
  return [...new Set(expected)].join(' or ');
}

function unionMistakes(issue: Issue & { code: 'invalid_union' }, path: ConfigPath, context: Context): Finding[] {
  if (issue.discriminator !== undefined) {
    return [refused(path, `expected one of ${choicesAt(path, context).join(', ')}`, context)];
  }
  const whole = ownMessage(issue) ?? `expected ${expectedAt(path, context)}`;
  const branches = issue.errors.filter((errors) => !errors.some(isAboutWhole));
  const findings = branches.map((errors) => errors.flatMap((error) => mistakesOf(error, path, context)));
  const best = findings.length === 0 ? [] : findings.reduce(fewer);
  // An empty mapping fits none of several alternatives more than another.
  const undecided = branches.length !== 1 && best.every(({ missing }) => missing);
  return undecided ? [refused(path, whole, context)] : best;
}

/** Whether an alternative is refused outright, by its kind, rather than for something inside it. */
function isAboutWhole(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys' && issue.code !== 'custom';
}

/** Of a union's alternatives, the one with the fewest mistakes is the one that was most likely meant. */
function fewer(a: Finding[], b: Finding[]): Finding[] {
  return withoutMeant(b).length < withoutMeant(a).length ? b : a;
}
