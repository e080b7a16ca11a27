import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { binaryKind } from './binary-kind.js';
import { fileBytes } from './pipes.js';
import type { Mistake, Place } from './place.js';
import type { Entry, List, Mapping, Scalar, Tree } from './tree.js';
import { syntaxMistake } from './yaml-mistakes.js';

/** A parsed text: its tree, absent where there is none to speak of, and what is wrong with its syntax. */
export interface Parsed {
  readonly tree?: Tree;
  readonly mistakes: readonly Mistake[];
}

/** Aliases may repeat a node; more nodes than this are a mistake or an attack, not a configuration. */
const maxNodes = 100_000;

/** Reads and parses a YAML file. Every mistake points into the file. */
export function readYamlFile(file: string): Parsed {
  const start: Place = { kind: 'file', file, line: 1, column: 1 };
  const bytes = fileBytes(file);
  const kind = binaryKind(bytes);
  if (kind !== undefined) {
    const what = `got ${kind}, expected text (YAML)`;
    return { mistakes: [{ place: start, path: [], what, remedy: 'name another file' }] };
  }
  const text = decode(bytes);
  if (text === undefined) {
    return { mistakes: [{ place: start, path: [], what: 'is not text in UTF-8', remedy: 'save it as UTF-8' }] };
  }
  const lines = new LineCounter();
  return parseYaml(text, lines, (offset) => {
    const { line, col } = lines.linePos(offset);
    return { kind: 'file', file, line: Math.max(line, 1), column: Math.max(col, 1) };
  });
}

/** Parses the value of an option; every place is the option itself. */
export function parseYamlOption(text: string, option: string): Parsed {
  return parseYaml(text, new LineCounter(), () => ({ kind: 'option', option }));
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

type Locate = (offset: number) => Place;

function parseYaml(text: string, lineCounter: LineCounter, locate: Locate): Parsed {
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const errors = [...document.errors, ...document.warnings];
  // What follows at the same place, or at the end of the text, follows from the first.
  const first = errors.filter(({ pos: [at] }, i) => errors.findIndex(({ pos }) => pos[0] === at) === i);
  const mistakes = first.map((error): Mistake => {
    const at = error.pos[0];
    const line = /[^\n]*$/.exec(text.slice(0, at))![0] + /^[^\n]*/.exec(text.slice(at))![0];
    return { place: locate(at), path: [], ...syntaxMistake(error, line, text.slice(0, at)) };
  });
  if (mistakes.length > 0) return { mistakes };
  const builder = new TreeBuilder(document, locate);
  const tree = builder.build(document.contents, 0);
  return builder.mistakes.length > 0 ? { mistakes: builder.mistakes } : { tree, mistakes: [] };
}

/** Turns the parser's nodes into a tree with places, following aliases. */
class TreeBuilder {
  readonly mistakes: Mistake[] = [];
  private readonly open = new Set<Node>();
  private nodes = 0;

  constructor(
    private readonly document: Document.Parsed,
    private readonly locate: Locate,
  ) {}

  build(node: Node | null, offset: number): Tree {
    const place = this.locate(node?.range?.[0] ?? offset);
    if (node === null) return { kind: 'scalar', value: null, place };
    if (++this.nodes > maxNodes) return this.refuse(place, `its aliases expand to more than ${maxNodes} values`);
    this.open.add(node);
    const tree = this.convert(node, place);
    this.open.delete(node);
    return tree;
  }

  private convert(node: Node, place: Place): Tree {
    if (isAlias(node)) return this.alias(node.resolve(this.document) ?? null, place);
    if (isMap<Node, Node | null>(node)) return this.mapping(node.items, place);
    if (isSeq<Node>(node)) return this.list(node.items, place);
    return isScalar(node) ? this.scalar(node.value, place) : this.refuse(place, 'is not a plain value');
  }

  private alias(target: Node | null, place: Place): Tree {
    const circular = target !== null && this.open.has(target);
    return circular ? this.refuse(place, 'is an alias of a node that holds it') : this.build(target, 0);
  }

  private list(nodes: readonly Node[], place: Place): List {
    return { kind: 'list', items: nodes.map((item) => this.build(item, 0)), place };
  }

  private mapping(pairs: readonly { key: Node; value: Node | null }[], place: Place): Mapping {
    const entries = pairs.map((pair): [string, Entry] => {
      const key = this.build(pair.key, 0);
      if (key.kind !== 'scalar' || key.value === null) this.refuse(key.place, 'has a key that is not a plain name');
      const name = key.kind === 'scalar' ? String(key.value) : '';
      return [name, { key: key.place, value: this.build(pair.value, pair.key.range?.[0] ?? 0) }];
    });
    return { kind: 'mapping', entries: new Map(entries), place };
  }

  private scalar(value: unknown, place: Place): Scalar {
    const plain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    return plain
      ? { kind: 'scalar', value: value as Scalar['value'], place }
      : this.refuse(place, 'is not a plain value');
  }

  private refuse(place: Place, what: string): Scalar {
    this.mistakes.push({ place, path: [], what });
    return { kind: 'scalar', value: null, place };
  }
}
