/** The log of a slave behind one connection: cut to what it shares with the master's, then longer by what the master sends. */
import assert from 'node:assert/strict';
import type { EpochFile } from './epoch-file.ts';
import { type EpochEntry, type EpochList, lastEpochOf, startEpoch } from './epoch-list.ts';
import { checkFrame } from './frame-check.ts';
import type { HaContext } from './ha-context.ts';
import type { MasterPacket } from './ha-packet.ts';
import { planHandshake } from './handshake-plan.ts';
import { KeptTail, recordEnds } from './kept-tail.ts';

type Handshake = Extract<MasterPacket, { kind: 'handshake' }>;
type Transfer = Extract<MasterPacket, { kind: 'transfer' }>;

/** What this master and this replica cannot agree on. */
export class HandshakeRefusedError extends Error {
  override readonly name = 'HandshakeRefusedError';
  /** Waiting does not mend it. */
  readonly needsOperator: boolean;
  constructor(reason: string, needsOperator: boolean) {
    super(reason);
    this.needsOperator = needsOperator;
  }
}

export class SlaveLog {
  readonly #context: HaContext;
  readonly #epochFile: EpochFile;
  readonly #followedEpoch: number;
  /** Tells whether the connection is still of use. */
  readonly #isWanted: () => boolean;
  #masterConfirmOffset = 0;
  /** Seeded bug skip-truncation. */
  #keptTail: KeptTail | undefined;
  #keptUpTo = 0;
  /** Seeded bug refuse-equal-epoch-start: the master's epoch is not in the list, and nobody notices. */
  #unlistedEpoch: number | undefined;

  constructor(context: HaContext, epochFile: EpochFile, followedEpoch: number, isWanted: () => boolean) {
    this.#context = context;
    this.#epochFile = epochFile;
    this.#followedEpoch = followedEpoch;
    this.#isWanted = isWanted;
  }

  /** What may be acknowledged: the end of what is durable here and equal to the master's. */
  reportOffset(): number {
    return this.#keptTail === undefined ? this.#context.store.durableOffset() : this.#keptUpTo;
  }

  /** All of the log is durable when this is called. Rejects with HandshakeRefusedError. */
  async align(master: Handshake): Promise<void> {
    const { store, runtime } = this.#context;
    const plan = planHandshake(
      { masterEpoch: master.lastEpoch, epochs: master.epochs, maxOffset: master.maxOffset },
      {
        epochs: this.#epochFile.entries(),
        maxOffset: store.maxOffset(),
        confirmOffset: store.confirmOffset(),
        followedEpoch: this.#followedEpoch,
      },
      runtime.seededBugs,
    );
    switch (plan.kind) {
      case 'refuse':
        throw new HandshakeRefusedError(plan.reason, plan.operator);
      case 'below-confirm':
        this.#belowConfirm(plan.offset);
        await this.#truncate(plan.offset, plan.epochs, true);
        return;
      case 'keep-tail':
        await this.#keepTail(plan.reportOffset);
        return;
      case 'truncate':
        await this.#truncate(plan.offset, plan.epochs, plan.resync);
        return;
    }
  }

  /**
   * Appends the frame, whose bytes hold good until this returns. Throws when it does not belong here. A promise when its epoch must be made
   * durable first.
   */
  take(frame: Transfer): Promise<void> | undefined {
    // A master that does not know yet where to begin says so by -1.
    if (frame.header.offset < 0 && frame.body.length === 0) return undefined;
    if (this.#keptTail !== undefined) return this.#takeBehindTail(this.#keptTail, frame);
    if (this.#unlistedEpoch === frame.header.epoch) {
      this.#append(frame);
      return undefined;
    }
    const verdict = checkFrame({
      header: frame.header,
      epochs: this.#epochFile.entries(),
      maxOffset: this.#context.store.maxOffset(),
      followedEpoch: this.#followedEpoch,
    });
    switch (verdict.kind) {
      case 'refuse':
        throw new Error(verdict.reason);
      case 'known-epoch':
        this.#append(frame);
        return undefined;
      case 'new-epoch':
        // Its entry is durable before its first byte is appended: no byte ever stands under the label of another epoch.
        return this.#beginEpoch(verdict.entry, {
          ...frame,
          body: Uint8Array.from(frame.body),
        });
    }
  }

  /** As far as the master has confirmed, and never beyond what is durable here. */
  confirm(): void {
    const { store } = this.#context;
    if (this.#keptTail !== undefined) return;
    const confirmOffset = Math.min(this.#masterConfirmOffset, store.durableOffset());
    if (confirmOffset > store.confirmOffset()) store.setConfirmOffset(confirmOffset);
  }

  /** The log first, then the epoch file: after a crash in between, no byte stands under the label of an older epoch. */
  async #truncate(offset: number, epochs: EpochList, force: boolean): Promise<void> {
    const { store, runtime } = this.#context;
    const from = store.maxOffset();
    if (offset < from) {
      const confirmOffset = store.confirmOffset();
      // It survives a crash before the first ack: else the cut bytes would come back as valid records (B22).
      await store.truncateTo(offset, { force });
      runtime.trace.emit('truncated', { from, to: offset, confirmOffset, masterEpoch: this.#followedEpoch });
    }
    if (epochs.length !== this.#epochFile.entries().length) await this.#epochFile.replace(epochs);
    assert(store.maxOffset() === offset, `the log ends at ${store.maxOffset()} after the cut to ${offset}`);
    assert(
      store.durableOffset() === offset,
      `durable up to ${store.durableOffset()} after the cut to ${offset}`,
    );
  }

  /** Throws, and stops the node, unless fewer acks than members were asked for: then a new master may lack what is confirmed. */
  #belowConfirm(offset: number): void {
    const { store, runtime, options } = this.#context;
    const masterEpoch = this.#followedEpoch;
    const confirmOffset = store.confirmOffset();
    runtime.trace.emit('truncate-below-confirm', {
      offset,
      confirmOffset,
      maxOffset: store.maxOffset(),
      masterEpoch,
    });
    if (!options.allAckInSyncStateSet) return;
    const reason =
      `the master of epoch ${masterEpoch} shares this log only up to ${offset}, but ${confirmOffset} is confirmed here; ` +
      'nothing is cut: compare the epoch files and the logs of both';
    runtime.fatal(new Error(reason));
    throw new HandshakeRefusedError(reason, true);
  }

  async #beginEpoch(entry: EpochEntry, frame: Transfer): Promise<void> {
    const epochs = startEpoch(this.#epochFile.entries(), entry, this.#context.runtime.seededBugs);
    if (lastEpochOf(epochs) !== entry.epoch) this.#unlistedEpoch = entry.epoch;
    await this.#epochFile.replace(epochs);
    const { epoch, epochStartOffset } = frame.header;
    this.#context.runtime.trace.emit('epoch-started', { masterEpoch: epoch, startOffset: epochStartOffset });
    if (this.#isWanted()) this.#append(frame);
  }

  #append(frame: Transfer): void {
    const { store } = this.#context;
    if (frame.body.length > 0) {
      const state = store.state().kind;
      if (state !== 'ok') throw new Error(`the store takes nothing: ${state}`);
      store.appendRaw(frame.header.offset, frame.body);
    }
    this.#masterConfirmOffset = frame.header.confirmOffset;
    this.confirm();
  }

  /** `from`: where the logs part. */
  async #keepTail(from: number): Promise<void> {
    const { store } = this.#context;
    const ends: number[] = [];
    for (let at = from; at < store.maxOffset(); ) {
      const bytes = await store.readRaw(at, 1024 * 1024, store.maxOffset());
      ends.push(...recordEnds(at, bytes));
      at += bytes.length;
    }
    this.#keptTail = new KeptTail(from, ends, store.maxOffset());
    this.#keptUpTo = from;
  }

  #takeBehindTail(tail: KeptTail, frame: Transfer): Promise<void> | undefined {
    const { header, body } = frame;
    this.#keptUpTo = Math.max(this.#keptUpTo, header.offset + body.length);
    const rest = tail.take(header.offset, body);
    if (rest === undefined) return undefined;
    this.#keptTail = undefined;
    return this.#goOnBehindTail(rest.offset, rest.bytes, frame);
  }

  async #goOnBehindTail(offset: number, bytes: Uint8Array, frame: Transfer): Promise<void> {
    const { store } = this.#context;
    const entry = { epoch: frame.header.epoch, startOffset: frame.header.epochStartOffset };
    if (offset < store.maxOffset()) await store.truncateTo(offset, { force: true });
    const older = this.#epochFile.entries().filter((own) => own.epoch < entry.epoch);
    await this.#epochFile.replace(startEpoch(older, entry, this.#context.runtime.seededBugs));
    if (!this.#isWanted()) return;
    store.appendRaw(offset, bytes);
    this.#masterConfirmOffset = frame.header.confirmOffset;
  }
}
