/**
 * A wall clock that a file moves, for systems without libfaketime. The file is libfaketime's: `+12.5 x1.05`, seconds off the truth, and the rate
 * since this process began. Only a node that is told so has one.
 */
import { readFileSync } from 'node:fs';
import type { Clock } from '../clock.ts';

/** The file is looked at again no sooner: a server asks for the time with every message. */
const readEveryMs = 2;

interface Lie {
  readonly offsetMs: number;
  readonly rate: number;
}

/** Undefined for what has not that form. */
export function parseLie(text: string): Lie | undefined {
  const [, offset, rate = '1'] = /^([+-]\d+(?:\.\d+)?)(?: x(\d+(?:\.\d+)?))?$/.exec(text.trim()) ?? [];
  return offset === undefined ? undefined : { offsetMs: Number(offset) * 1000, rate: Number(rate) };
}

/** `clock`: the one that is right. Its monotonic time counts from the start of the process, as `performance.now()` does. */
export function lyingClock(clock: Clock, file: string): Clock {
  let lie: Lie = { offsetMs: 0, rate: 1 };
  let readAtMs = Number.NEGATIVE_INFINITY;
  return {
    ...clock,
    wallMs() {
      const nowMs = clock.monotonicMs();
      if (nowMs >= readAtMs + readEveryMs) {
        readAtMs = nowMs;
        lie = parseLie(readFileSync(file, 'utf8')) ?? lie;
      }
      return Math.floor(clock.wallMs() + lie.offsetMs + nowMs * (lie.rate - 1));
    },
  };
}
