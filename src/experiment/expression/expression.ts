import { UsageError } from '../../errors.js';
import { readQuantity } from '../../units.js';
import { tokensOf, type Token } from './tokens.js';
import { compareValues, compute, measureOf, type Measure, type Operand } from './values.js';

/** Looks a name up in whatever the expression is about. */
export type Lookup = (name: string) => Operand;

/** A condition, ready to be asked. */
export interface Expression {
  readonly text: string;
  /** Every name in it. */
  readonly names: readonly string[];
  /** @throws UsageError where what it compares is of different dimensions */
  holds(lookup: Lookup): boolean;
}

type Node = (lookup: Lookup) => Operand;

/**
 * Reads a condition: comparisons (`=`, `!=`, `<`, `<=`, `>`, `>=`, `in (…)`, `is null`) of names, numbers, quantities
 * (`20 uS`) and texts in single quotes, with `+ - * /`, joined by `and`, `or`, `not` and brackets; a subset of SQL. A comparison with what is absent
 * does not hold. Quantities are compared in SI units; a number that is written without a unit is taken to be in them.
 * @param where - the option or place that it stands in
 * @throws UsageError where it cannot be read
 */
export function parseExpression(text: string, where: string): Expression {
  const parser = new Parser(text, where);
  const node = parser.whole();
  return { text, names: [...parser.names], holds: (lookup) => told(text, where, () => node(lookup) === true) };
}

/** Says of which condition it is that something is wrong as it is asked. */
function told<T>(text: string, where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { what, ...parts } = error.parts;
    throw new UsageError({ ...parts, where, what: `in ${JSON.stringify(text)} ${what}` }, { cause: error });
  }
}

class Parser {
  readonly names = new Set<string>();
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(
    private readonly text: string,
    private readonly where: string,
  ) {
    this.tokens = tokensOf(text, where);
  }

  whole(): Node {
    const node = this.either();
    if (this.peek().kind !== 'end') this.refuse('the end, or "and" or "or"');
    return node;
  }

  private either(): Node {
    const parts = [this.both()];
    while (this.take('word', 'or')) parts.push(this.both());
    return parts.length === 1 ? parts[0]! : (lookup) => parts.some((part) => part(lookup) === true);
  }

  private both(): Node {
    const parts = [this.negated()];
    while (this.take('word', 'and')) parts.push(this.negated());
    return parts.length === 1 ? parts[0]! : (lookup) => parts.every((part) => part(lookup) === true);
  }

  private negated(): Node {
    if (!this.take('word', 'not')) return this.comparison();
    const inner = this.negated();
    return (lookup) => inner(lookup) !== true;
  }

  private comparison(): Node {
    const left = this.sum();
    if (this.take('word', 'is')) return this.absence(left);
    if (this.take('word', 'in')) return this.membership(left);
    const sign = this.peek();
    const judge = sign.kind === 'sign' ? comparisons.get(sign.value) : undefined;
    if (!judge) return left;
    this.next++;
    const right = this.sum();
    return (lookup) => {
      const order = compareValues(left(lookup), right(lookup));
      return order !== undefined && judge(order);
    };
  }

  private absence(left: Node): Node {
    const present = this.take('word', 'not');
    if (!this.take('word', 'null')) this.refuse('null');
    return (lookup) => (left(lookup) === null) !== present;
  }

  private membership(left: Node): Node {
    if (!this.take('sign', '(')) this.refuse('"("');
    const members = [this.sum()];
    while (this.take('sign', ',')) members.push(this.sum());
    if (!this.take('sign', ')')) this.refuse('")"');
    return (lookup) => members.some((member) => compareValues(left(lookup), member(lookup)) === 0);
  }

  private sum(): Node {
    let node = this.product();
    for (;;) {
      if (this.take('sign', '+')) node = arithmetic(node, this.product(), compute['+']);
      else if (this.take('sign', '-')) node = arithmetic(node, this.product(), compute['-']);
      else return node;
    }
  }

  private product(): Node {
    let node = this.factor();
    for (;;) {
      if (this.take('sign', '*')) node = arithmetic(node, this.factor(), compute['*']);
      else if (this.take('sign', '/')) node = arithmetic(node, this.factor(), compute['/']);
      else return node;
    }
  }

  private factor(): Node {
    if (this.take('sign', '-')) {
      const signed = this.peek();
      if (signed.kind !== 'quantity') return arithmetic(() => zero, this.factor(), compute['-']);
      // With its sign, since -20 degC is not 0 K less 20 degC.
      this.next++;
      return always(this.quantity(`-${signed.value}`));
    }
    if (this.take('sign', '(')) {
      const inner = this.either();
      if (!this.take('sign', ')')) this.refuse('")"');
      return inner;
    }
    const token = this.peek();
    const node = this.leaf(token) ?? this.refuse('a name, a number or a text in single quotes');
    this.next++;
    return node;
  }

  private leaf({ kind, value }: Token): Node | undefined {
    if (kind === 'number') return always({ number: Number(value), dimension: 'any' });
    if (kind === 'quantity') return always(this.quantity(value));
    if (kind === 'text') return () => value;
    if (kind === 'word' && constants.has(value)) return () => constants.get(value)!;
    if (kind !== 'name') return undefined;
    this.names.add(value);
    return (lookup) => lookup(value);
  }

  private quantity(text: string): Measure {
    const found = readQuantity(text);
    // 1000 nS is 1 uS, whatever the last bit of the product says.
    if (found) return { number: Number(found.value.toPrecision(14)), dimension: found.dimension };
    const what = `cannot read the unit of ${JSON.stringify(text)} in ${JSON.stringify(this.text)}`;
    const share = text.endsWith('%') ? `write ${Number((parseFloat(text) / 100).toPrecision(14))}` : undefined;
    throw new UsageError({ where: this.where, what, remedy: share ?? 'write for example 20 uS, 5 min or 100 degC' });
  }

  private peek(): Token {
    return this.tokens[this.next]!;
  }

  private take(kind: Token['kind'], value: string): boolean {
    const token = this.peek();
    if (token.kind !== kind || token.value !== value) return false;
    this.next++;
    return true;
  }

  private refuse(expected: string): never {
    const { kind, at, end } = this.peek();
    const got = kind === 'end' ? 'the end' : JSON.stringify(this.text.slice(at, end));
    const what = `got ${got} at character ${at + 1} of ${JSON.stringify(this.text)}, expected ${expected}`;
    throw new UsageError({ where: this.where, what });
  }
}

const constants = new Map<string, Operand>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const comparisons = new Map<string, (order: number) => boolean>([
  ['=', (order) => order === 0],
  ['==', (order) => order === 0],
  ['!=', (order) => order !== 0],
  ['<>', (order) => order !== 0],
  ['<', (order) => order < 0],
  ['<=', (order) => order <= 0],
  ['>', (order) => order > 0],
  ['>=', (order) => order >= 0],
]);

const zero: Measure = { number: 0, dimension: 'any' };

function always(measure: Measure): Node {
  return () => measure;
}

/** Of what is no number, nothing can be computed: the result is absent. */
function arithmetic(left: Node, right: Node, of: (a: Measure, b: Measure) => Measure): Node {
  return (lookup) => {
    const [a, b] = [measureOf(left(lookup)), measureOf(right(lookup))];
    return a && b ? of(a, b) : null;
  };
}
