/** Prints trace entries in fixed columns: TRACE.md explains them. */
import type { TraceEntry } from './trace-entry.ts';

const timeWidth = 12;
const nodeWidth = 8;
const kindWidth = 23;
const linkWidth = 9;

export class TraceColumns {
  readonly #marks: Map<string, string>;
  readonly #before = new Map<string, string>();

  /** `servers`: whose roles are shown, in this order: ['n1', 'n2', 'c1']. */
  constructor(servers: readonly string[]) {
    this.#marks = new Map(servers.map((name) => [name, '.']));
  }

  header(): string {
    const roles = [...this.#groups()].map((names) => names.map((name) => name.slice(-1)).join('')).join(' ');
    return row('seconds', roles, 'node', 'what', 'from>to', 'details');
  }

  line(entry: TraceEntry): string {
    this.#see(entry);
    const roles = this.#groups()
      .map((names) => names.map((name) => this.#marks.get(name)).join(''))
      .join(' ');
    const link = entry.to === undefined ? '' : `${entry.node}>${entry.to}`;
    return row((entry.atMs / 1000).toFixed(6), roles, entry.node, entry.kind, link, entry.what);
  }

  #groups(): string[][] {
    const names = [...this.#marks.keys()];
    return ['n', 'c'].map((letter) => names.filter((name) => name.startsWith(letter)));
  }

  #see({ node, kind, what }: TraceEntry): void {
    const mark = this.#marks.get(node);
    if (mark === undefined) return;
    const next = markOf(kind, what);
    if (next === 'before') this.#marks.set(node, this.#before.get(node) ?? '-');
    else if (next !== undefined) {
      if (next === 'P') this.#before.set(node, mark);
      this.#marks.set(node, next);
    }
  }
}

/** Undefined: nothing changes. */
function markOf(kind: string, what: string): string | undefined {
  if (kind === 'life') {
    if (what === 'started') return '-';
    if (what === 'stopped') return 'P';
    return what === 'went on' ? 'before' : 'x';
  }
  if (kind === 'role-changed') return what.includes('role=master') ? 'M' : 's';
  if (kind !== 'leadership') return undefined;
  if (what.includes('role=leader')) return 'L';
  return what.includes('role=candidate') ? '?' : 'f';
}

function row(time: string, roles: string, node: string, kind: string, link: string, what: string): string {
  return [
    time.padStart(timeWidth),
    roles,
    node.padEnd(nodeWidth),
    kind.padEnd(kindWidth),
    link.padEnd(linkWidth),
    what,
  ]
    .join('  ')
    .trimEnd();
}
