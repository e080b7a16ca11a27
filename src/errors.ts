/**
 * Errors that a user meets. Each says where it happened, what was found, what was expected and what to do;
 * the command line prints the message alone, without a stack trace.
 */
export interface ErrorParts {
  /** A place the user can go to: `file.yaml:12:7`, `OnlineSgd`, `datasets/orhd`. */
  readonly where: string;
  /** What is wrong, with what was got and what was expected. */
  readonly what: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export class MhoError extends Error {
  /** The command's exit code: 1 run-time failure, 2 usage or configuration. */
  readonly exitCode: 1 | 2;
  readonly parts: ErrorParts;

  constructor(exitCode: 1 | 2, parts: ErrorParts, options?: ErrorOptions) {
    const remedy = parts.remedy === undefined ? '' : `; ${parts.remedy}`;
    super(`${parts.where}: ${parts.what}${remedy}`, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.parts = parts;
  }
}

/** The caller asked for something that cannot be: a bad value, shape, option or config. Exit code 2. */
export class UsageError extends MhoError {
  constructor(parts: ErrorParts, options?: ErrorOptions) {
    super(2, parts, options);
  }
}

/** The request was fine, but the world was not: a missing file, a broken download, a full disk. Exit code 1. */
export class RunError extends MhoError {
  constructor(parts: ErrorParts, options?: ErrorOptions) {
    super(1, parts, options);
  }
}

/** The name from `names` that `word` was most likely meant to be, or undefined where none is near. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  // Two letters' difference are half of a word of four: `nope` is not `enode`.
  let bestDistance = (word.length <= 4 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1;
  for (const name of names) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  if (word.length < 3 || best?.toLowerCase().includes(word.toLowerCase())) return best;
  // `gpu` is nearer to `webgpu` than to `cpu`, whatever the letters say.
  const ending = names.filter((name) => name.toLowerCase().endsWith(word.toLowerCase()));
  return ending.length === 1 ? ending[0] : best;
}

/** Edits (insert, delete, replace, exchange two that stand side by side) that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchange = exchanged ? before[j - 2]! + 1 : Infinity;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replace, exchange));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
