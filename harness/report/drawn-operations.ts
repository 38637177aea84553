/** Every operation of a run as the page draws it: gathered while the history is read, so that nobody reads it twice. */
import type { OperationFacts } from '../../checkers/explanation/explain-anomaly.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import type { PairedOperation } from '../../checkers/history/paired-operations.ts';

/** In columns: small to embed, quick to draw. In order of invocation. */
export interface ReportOperations {
  /** Index of the invocation in history.jsonl. */
  readonly index: number[];
  /** Milliseconds from the start of the run. `end` is -1 where no answer ever came. */
  readonly start: number[];
  readonly end: number[];
  readonly process: number[];
  /** Places in the lists of `OperationNames`. */
  readonly f: number[];
  readonly type: number[];
  readonly queue: number[];
  readonly node: number[];
  /** What was asked and answered, short. */
  readonly text: string[];
}

export interface OperationNames {
  readonly f: string[];
  readonly type: string[];
  readonly queue: string[];
  readonly node: string[];
}

/** Rates are counted in stretches of this length. */
export const rateBinMs = 100;

/** Operations drawn one by one; of more than these a sample is drawn, and the page says so. */
const drawnMaxDefault = 260_000;
/** Operations on each side of one that an anomaly names which are drawn in any case. */
const neighbours = 200;

export class DrawnOperations {
  readonly names: OperationNames = { f: [], type: [], queue: [], node: [] };
  /** By "f type": how many ended in each tenth of a second of the run. */
  readonly rates: Record<string, number[]> = {};
  /** In order of completion. */
  readonly #all: ReportOperations = noOperations();
  readonly #codes: Readonly<Record<keyof OperationNames, Map<string, number>>> = {
    f: new Map(),
    type: new Map(),
    queue: new Map(),
    node: new Map(),
  };

  readonly #drawnMax: number;

  constructor(drawnMax = drawnMaxDefault) {
    this.#drawnMax = drawnMax;
  }

  get count(): number {
    return this.#all.index.length;
  }

  add({ invoked, done }: PairedOperation): void {
    if (done !== undefined) this.#countRate(done);
    const all = this.#all;
    all.index.push(invoked.index);
    all.start.push(Math.round(invoked.time / 1e4) / 100);
    all.end.push(done === undefined ? -1 : Math.round(done.time / 1e4) / 100);
    all.process.push(invoked.process);
    all.f.push(this.#code('f', invoked.f));
    all.type.push(this.#code('type', done?.type ?? 'info'));
    all.queue.push(this.#code('queue', invoked.value.queue));
    all.node.push(this.#code('node', done?.node ?? invoked.node ?? ''));
    all.text.push(describe(invoked, done));
  }

  /** All, or where there are too many: those around `wanted`, those that did not simply succeed, and every so-many-th of the rest. */
  columns(wanted: ReadonlySet<number>): ReportOperations {
    const all = this.#all;
    const places = all.index.map((_, place) => place);
    places.sort((a, b) => (all.index[a] ?? 0) - (all.index[b] ?? 0));
    const step = Math.ceil(places.length / this.#drawnMax);
    const near = step > 1 ? this.#near(places, wanted) : new Set<number>();
    const ok = this.#codes.type.get('ok');
    const drawn = places.filter((place, at) => at % step === 0 || all.type[place] !== ok || near.has(place));
    const numbers = (column: readonly number[]) => drawn.map((place) => column[place] ?? 0);
    return {
      index: numbers(all.index),
      start: numbers(all.start),
      end: numbers(all.end),
      process: numbers(all.process),
      f: numbers(all.f),
      type: numbers(all.type),
      queue: numbers(all.queue),
      node: numbers(all.node),
      text: drawn.map((place) => all.text[place] ?? ''),
    };
  }

  /** One by one, for those who tell of them; by index. */
  facts(wanted: ReadonlySet<number>): Map<number, OperationFacts> {
    const all = this.#all;
    const found = new Map<number, OperationFacts>();
    if (wanted.size === 0) return found;
    for (const [place, index] of all.index.entries()) {
      if (!wanted.has(index)) continue;
      const end = all.end[place] ?? -1;
      found.set(index, {
        index,
        f: this.names.f[all.f[place] ?? 0] ?? '',
        type: (this.names.type[all.type[place] ?? 0] ?? 'info') as OperationFacts['type'],
        process: all.process[place] ?? 0,
        queue: this.names.queue[all.queue[place] ?? 0] ?? '',
        node: this.names.node[all.node[place] ?? 0] ?? '',
        call: (all.start[place] ?? 0) * 1e6,
        ret: end < 0 ? undefined : end * 1e6,
        text: all.text[place] ?? '',
      });
    }
    return found;
  }

  #near(places: readonly number[], wanted: ReadonlySet<number>): Set<number> {
    const near = new Set<number>();
    for (const [at, place] of places.entries()) {
      if (!wanted.has(this.#all.index[place] ?? -1)) continue;
      for (const beside of places.slice(Math.max(0, at - neighbours), at + neighbours + 1)) near.add(beside);
    }
    return near;
  }

  #code(list: keyof OperationNames, name: string): number {
    const codes = this.#codes[list];
    const known = codes.get(name);
    if (known !== undefined) return known;
    codes.set(name, codes.size);
    this.names[list].push(name);
    return codes.size - 1;
  }

  #countRate({ f, type, time }: Operation): void {
    const name = `${f} ${type}`;
    const counts = this.rates[name] ?? [];
    this.rates[name] = counts;
    const bin = Math.floor(time / (rateBinMs * 1e6));
    while (counts.length <= bin) counts.push(0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
}

function noOperations(): ReportOperations {
  return { index: [], start: [], end: [], process: [], f: [], type: [], queue: [], node: [], text: [] };
}

function describe(invoked: Operation, done: Operation | undefined): string {
  const error = done?.error === undefined ? '' : ` ${done.error}`;
  switch (invoked.f) {
    case 'send': {
      const offset = done?.f === 'send' && done.value.offset !== undefined ? ` @${done.value.offset}` : '';
      return `"${invoked.value.message}"${offset}${error}`;
    }
    case 'pull':
    case 'replica-pull': {
      const messages = done?.f === invoked.f ? done.value.messages : undefined;
      const tail = invoked.value.tail === true ? ' (tail)' : '';
      const from = `from ${invoked.value.from}${tail}`;
      if (messages === undefined) return `${from}${error}`;
      if (messages.length === 0) return `${from}: empty`;
      return `${from}: ${messages.length}, "${messages[0]?.[1]}" to "${messages.at(-1)?.[1]}"`;
    }
    case 'max-offset':
    case 'min-offset':
    case 'replica-max-offset':
      return done?.f === invoked.f && done.value.offset !== undefined ? `${done.value.offset}` : error.trim();
    default:
      return invoked satisfies never;
  }
}
