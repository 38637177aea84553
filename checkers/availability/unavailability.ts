/** Who waited, and for how long: stretches in which a client host, or all who used a queue, asked again and again and got nothing. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { FaultWindow } from '../history/fault-window.ts';
import type { Operation } from '../history/operation.ts';
import { times } from '../times.ts';

export interface UnavailableStretch {
  /** 'w1', 'jepsen/0'. */
  readonly of: string;
  readonly f: 'send' | 'pull';
  /** Nanoseconds: the last answer, and the next; Infinity: there was none any more. */
  readonly from: number;
  readonly to: number;
  /** Operations invoked meanwhile. */
  readonly tries: number;
}

/** Fewer without an answer prove nothing. */
const triesMin = 5;
/** A shorter pause is the ordinary distance between two answers. */
const leastNs = 200e6;
/** A run of many faults has hundreds; these are the longest. */
const keptMax = 200;

interface Waiting {
  readonly of: string;
  readonly f: 'send' | 'pull';
  since: number;
  tries: number;
  lastTry: number;
}

/** One pass, O(1) per operation. */
export class Unavailability {
  readonly #clientOf: (process: number) => string;
  readonly #waiting = new Map<string, Waiting>();
  readonly #stretches: UnavailableStretch[] = [];

  constructor(clientOf: (process: number) => string) {
    this.#clientOf = clientOf;
  }

  /** In order of time. */
  add(operation: Operation): void {
    const { f } = operation;
    if (f !== 'send' && f !== 'pull') return;
    this.#see(this.#clientOf(operation.process), f, operation);
    this.#see(operation.value.queue, f, operation);
  }

  /** Longest first. */
  stretches(): readonly UnavailableStretch[] {
    const open = [...this.#waiting.values()].flatMap(({ of, f, since, tries, lastTry }) =>
      tries >= triesMin && lastTry - since >= leastNs ? [{ of, f, from: since, to: Infinity, tries }] : [],
    );
    const lasted = ({ from, to }: UnavailableStretch) => to - from;
    return [...this.#stretches, ...open].sort((a, b) =>
      lasted(a) === lasted(b) ? a.from - b.from : lasted(b) - lasted(a),
    );
  }

  #see(of: string, f: 'send' | 'pull', { type, time }: Operation): void {
    const key = `${f} ${of}`;
    let waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      waiting = { of, f, since: time, tries: 0, lastTry: time };
      this.#waiting.set(key, waiting);
    }
    if (type === 'invoke') {
      waiting.tries += 1;
      waiting.lastTry = time;
    } else if (type === 'ok') {
      const { since, tries } = waiting;
      if (tries >= triesMin && time - since >= leastNs)
        this.#stretches.push({ of, f, from: since, to: time, tries });
      waiting.since = time;
      waiting.tries = 0;
    }
  }
}

export interface ToldStretch extends Omit<UnavailableStretch, 'to'> {
  /** Null: until the end. */
  readonly to: number | null;
  /** Faults at work within it. */
  readonly faults: readonly string[];
}

/** Figures only: whether a stretch is too long is judged elsewhere. */
export function tellUnavailability(
  unavailability: Unavailability,
  windows: readonly FaultWindow[],
): CheckResult {
  const all = unavailability.stretches();
  const stretches = all.slice(0, keptMax).map(({ to, ...rest }): ToldStretch => {
    const faults = windows.filter(({ injected, healed }) => injected < to && healed > rest.from);
    return { ...rest, to: to === Infinity ? null : to, faults: faults.map(({ fault }) => fault) };
  });
  const [longest] = stretches;
  const lasted =
    longest?.to === null || longest === undefined
      ? 'to the end'
      : `${Math.round((longest.to - longest.from) / 1e6)} ms`;
  const evidence =
    longest === undefined
      ? 'no client and no queue was ever without an answer for long'
      : `a client or a queue was without an answer ${times(all.length)}, at worst ${longest.f}s of ${longest.of}, from ${(longest.from / 1e9).toFixed(1)} s on, ${lasted} (${longest.faults.join(', ') || 'no fault'})`;
  return new AnomalyCollector().result('availability/windows', evidence, { count: all.length, stretches });
}
