/** Proposals that wait for their commit, each with its deadline. */
import assert from 'node:assert/strict';
import type { Clock, Timer } from '../runtime/clock.ts';
import { ProposalUnknownError } from './dledger-errors.ts';

export interface Proposal {
  readonly body: Uint8Array;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Pending extends Proposal {
  timer: Timer | undefined;
  settled: boolean;
}

export class PendingProposals {
  readonly #clock: Clock;
  /** Taken, but not yet handed to the log. */
  #queued: Pending[] = [];
  readonly #inLog = new Map<number, { readonly term: number; readonly pending: Pending }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#queued.length + this.#inLog.size;
  }

  add(proposal: Proposal, timeoutMs: number): void {
    this.#queued.push(this.#timed(proposal, timeoutMs));
  }

  #timed(proposal: Proposal, timeoutMs: number): Pending {
    const pending: Pending = { ...proposal, timer: undefined, settled: false };
    pending.timer = this.#clock.after(timeoutMs, () => {
      settle(pending);
      pending.reject(
        new ProposalUnknownError('timeout', `a proposal was not committed within ${timeoutMs} ms`),
      );
    });
    return pending;
  }

  takeQueued(): Batch {
    const batch = this.#queued;
    this.#queued = [];
    return this.#batchOf(batch);
  }

  #batchOf(batch: readonly Pending[]): Batch {
    return {
      bodies: batch.map(({ body }) => body),
      proposed: (firstIndex, term) => {
        for (const [place, pending] of batch.entries()) {
          if (!pending.settled) this.#inLog.set(firstIndex + place, { term, pending });
        }
      },
      refused: (error) => {
        for (const pending of batch) if (settle(pending)) pending.reject(error);
      },
    };
  }

  /** For an entry that the caller has written itself. */
  awaitEntry(timeoutMs: number, resolve: () => void, reject: (error: Error) => void): Batch {
    return this.#batchOf([this.#timed({ body: new Uint8Array(0), resolve, reject }, timeoutMs)]);
  }

  applied(index: number, term: number, result: unknown): void {
    const found = this.#inLog.get(index);
    if (found === undefined) return;
    this.#inLog.delete(index);
    // Another entry could only come to this place after our leadership ended, and then nothing waited any more.
    assert(
      found.term === term,
      `entry ${index} of term ${term} took the place of a proposal of term ${found.term}`,
    );
    if (settle(found.pending)) found.pending.resolve(result);
  }

  /** Those in the log end as unknown. */
  abandon(reason: 'lost-leadership' | 'stopped', detail: string): void {
    const all = [...this.#inLog.values()];
    this.#inLog.clear();
    for (const { pending } of all) {
      if (settle(pending)) pending.reject(new ProposalUnknownError(reason, detail));
    }
  }
}

export interface Batch {
  readonly bodies: readonly Uint8Array[];
  proposed(firstIndex: number, term: number): void;
  refused(error: Error): void;
}

/** Returns false when it had been settled before. */
function settle(pending: Pending): boolean {
  if (pending.settled) return false;
  pending.settled = true;
  pending.timer?.cancel();
  return true;
}
