/** The highest offset whose confirmation was complete before a moment, of all epochs up to one. */
import type { Confirmation } from './replication-history.ts';

/** Those of one epoch that went beyond all before them, in order of completion: both `ret` and `offset` rise. */
interface Rises {
  readonly epoch: number;
  readonly rises: Confirmation[];
}

/** A question costs O(epochs x log confirmations). */
export class HighestConfirmation {
  readonly #epochs: readonly Rises[];

  constructor(confirmations: readonly Confirmation[]) {
    const byEpoch = new Map<number, Rises>();
    for (const confirmation of [...confirmations].sort((a, b) => a.ret - b.ret)) {
      const { epoch } = confirmation;
      const { rises } = byEpoch.get(epoch) ?? { rises: [] as Confirmation[] };
      byEpoch.set(epoch, { epoch, rises });
      if (confirmation.offset > (rises.at(-1)?.offset ?? -1)) rises.push(confirmation);
    }
    this.#epochs = [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
  }

  /** Complete strictly before `time`, under an epoch of at most `epochMax`. */
  before(time: number, epochMax = Infinity): Confirmation | undefined {
    let best: Confirmation | undefined;
    for (const { epoch, rises } of this.#epochs) {
      if (epoch > epochMax) break;
      const last = lastBefore(rises, time);
      if (last !== undefined && (best === undefined || last.offset > best.offset)) best = last;
    }
    return best;
  }
}

function lastBefore(rises: readonly Confirmation[], time: number): Confirmation | undefined {
  let low = 0;
  let high = rises.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rises[middle]?.ret ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return rises[low - 1];
}
