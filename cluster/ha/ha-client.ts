/**
 * The slave of one master in one masterEpoch: connects, cuts its log to what it shares with the master, appends what comes and says what is
 * durable. It ends with the epoch; another one makes another client.
 */
import assert from 'node:assert/strict';
import type { Timer } from '../runtime/clock.ts';
import type { ByteStream, HostPort } from '../runtime/network.ts';
import { stopIfBroken } from './broken-invariant.ts';
import type { EpochFile } from './epoch-file.ts';
import { startEpoch } from './epoch-list.ts';
import { checkFrame } from './frame-check.ts';
import { HaClientLink } from './ha-client-link.ts';
import type { HaContext } from './ha-context.ts';
import { connectMs, lateTimerMs, redialMs, refusedRedialMs, undurableBytesMax } from './ha-limits.ts';
import { type MasterPacket, RefuseReason } from './ha-packet.ts';
import { type HandshakePlan, planHandshake } from './handshake-plan.ts';
import { unseenPart } from './kept-tail.ts';

export interface FollowedMaster {
  readonly masterEpoch: number;
  readonly masterBrokerId: number;
  /** host:port */
  readonly masterHaAddress: string;
}

type Handshake = Extract<MasterPacket, { kind: 'handshake' }>;
type Transfer = Extract<MasterPacket, { kind: 'transfer' }>;

export class HaClient {
  readonly followed: FollowedMaster;
  readonly #context: HaContext;
  readonly #selfBrokerId: number;
  readonly #epochFile: EpochFile;
  #link: HaClientLink | undefined;
  /** What must come to its end before another role may touch log and epoch file. */
  #work: Promise<void> = Promise.resolve();
  #durableWaiters: (() => void)[] = [];
  #isStopped = false;
  #redialTimer: Timer | undefined;
  #tickTimer: Timer | undefined;
  #lastReason = '';
  #needsOperator = false;

  constructor(context: HaContext, selfBrokerId: number, epochFile: EpochFile, followed: FollowedMaster) {
    this.#context = context;
    this.#selfBrokerId = selfBrokerId;
    this.#epochFile = epochFile;
    this.followed = followed;
  }

  start(): void {
    this.#armTick();
    this.#dial();
  }

  /** At once nothing is sent any more; when it resolves nothing is written any more. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#redialTimer?.cancel();
    this.#tickTimer?.cancel();
    this.#link?.close('the role changed');
    this.#wakeDurableWaiters();
    return this.#work;
  }

  isTransferring(): boolean {
    return this.#link?.phase === 'transfer';
  }

  status(): {
    readonly masterHaAddress: string;
    readonly isTransferring: boolean;
    readonly ackOffset: number;
  } {
    const ackOffset = this.#link?.ackOffset ?? -1;
    return {
      masterHaAddress: this.followed.masterHaAddress,
      isTransferring: this.isTransferring(),
      ackOffset,
    };
  }

  /** The store made more durable: one ack for all of it. */
  durable(): void {
    this.#wakeDurableWaiters();
    const link = this.#link;
    if (link?.phase !== 'transfer') return;
    this.#confirm(link);
    const { store } = this.#context;
    if (store.durableOffset() > link.ackOffset && !link.keepsTail)
      this.#acknowledge(link, store.durableOffset());
    link.throttle(store.maxOffset() - store.durableOffset() > undurableBytesMax);
  }

  #dial(): void {
    const { runtime } = this.#context;
    const address = parseHostPort(this.followed.masterHaAddress);
    void runtime.network.connect(address, connectMs).then(
      (stream) => this.#connected(stream),
      (error: unknown) =>
        this.#redial(`cannot connect: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  #connected(stream: ByteStream): void {
    if (this.#isStopped) {
      stream.destroy();
      return;
    }
    const { runtime, options, store } = this.#context;
    const link = new HaClientLink(runtime, stream, {
      packet: (from, packet) => this.#packet(from, packet),
      closed: (from, reason) => this.#closed(from, reason),
    });
    this.#link = link;
    link.send({
      kind: 'handshake',
      syncFromLastFile: options.syncFromLastFile ?? false,
      asyncLearner: options.asyncLearner ?? false,
      brokerId: this.#selfBrokerId,
      extension: {
        followedEpoch: this.followed.masterEpoch,
        maxOffset: store.maxOffset(),
        incarnation: options.incarnation ?? '',
      },
    });
  }

  #closed(link: HaClientLink, reason: string): void {
    if (this.#link === link) this.#link = undefined;
    this.#context.runtime.trace.emit('ha-connection', { peer: this.followed.masterBrokerId, state: 'lost' });
    this.#context.delegate.connectionState({
      kind: 'lost-master',
      masterAddress: this.followed.masterHaAddress,
      reason,
    });
    this.#redial(reason);
  }

  #redial(reason: string): void {
    if (this.#isStopped) return;
    if (reason !== this.#lastReason) {
      this.#lastReason = reason;
      this.#context.runtime.trace.log('warn', `HA link to ${this.followed.masterHaAddress}: ${reason}`);
    }
    const delayMs = this.#needsOperator ? refusedRedialMs : redialMs;
    this.#redialTimer = this.#context.runtime.clock.after(delayMs, () => this.#dial());
  }

  #packet(link: HaClientLink, packet: MasterPacket): Promise<void> | undefined {
    switch (packet.kind) {
      case 'ping':
        this.#pong(link, packet.masterEpoch, packet.round);
        return undefined;
      case 'refuse':
        this.#refused(link, packet.reason, packet.masterEpoch);
        return undefined;
      case 'handshake':
        if (link.phase !== 'handshake') throw new Error('a second handshake on one connection');
        return this.#run(() => this.#align(link, packet));
      case 'transfer':
        if (link.phase !== 'transfer') throw new Error('a transfer before the handshake');
        return this.#transfer(link, packet);
    }
  }

  /** "I still follow you": true as long as this client lives, for the role epoch on disk is this one's until it ends. */
  #pong(link: HaClientLink, masterEpoch: number, round: number): void {
    if (masterEpoch === this.followed.masterEpoch) link.send({ kind: 'pong', masterEpoch, round });
    else link.close(`a ping of epoch ${masterEpoch}`);
  }

  #refused(link: HaClientLink, reason: number, masterEpoch: number): void {
    this.#needsOperator = reason === RefuseReason.OFFSET_OUT_OF_RANGE;
    if (reason === RefuseReason.OLDER_EPOCH) this.#sawOtherEpoch(masterEpoch);
    link.close(`refused, reason ${reason}, by a broker of master epoch ${masterEpoch}`);
  }

  #sawOtherEpoch(masterEpoch: number): void {
    const masterAddress = this.followed.masterHaAddress;
    this.#context.delegate.connectionState({ kind: 'other-epoch', masterAddress, masterEpoch });
  }

  /** One after the other, also across links: a cut that is under way when its link breaks ends before the next handshake is judged. */
  #run(work: () => Promise<void>): Promise<void> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return result;
  }

  async #align(link: HaClientLink, master: Handshake): Promise<void> {
    if (!link.isOpen()) return;
    link.phase = 'align';
    // An acknowledged offset is a durable one, also the first.
    await this.#allDurable();
    if (!link.isOpen()) return;
    const { store, runtime } = this.#context;
    const plan = planHandshake(
      { epochs: master.epochs, maxOffset: master.maxOffset },
      {
        epochs: this.#epochFile.entries(),
        maxOffset: store.maxOffset(),
        confirmOffset: store.confirmOffset(),
        followedEpoch: this.followed.masterEpoch,
      },
      runtime.seededBugs,
    );
    const reportOffset = await this.#perform(link, plan, master);
    if (reportOffset === undefined || !link.isOpen()) return;
    link.phase = 'transfer';
    this.#needsOperator = false;
    this.#lastReason = '';
    // At once: the master waits for it to know where to begin (B.4), and only now is it true (B72).
    this.#acknowledge(link, reportOffset);
    const { masterHaAddress: masterAddress, masterEpoch, masterBrokerId } = this.followed;
    runtime.trace.emit('ha-connection', { peer: masterBrokerId, state: 'following' });
    this.#context.delegate.connectionState({ kind: 'following', masterAddress, masterEpoch });
  }

  /** Returns the offset to go on from; undefined when the link is of no use. */
  async #perform(link: HaClientLink, plan: HandshakePlan, master: Handshake): Promise<number | undefined> {
    const { store } = this.#context;
    switch (plan.kind) {
      case 'refuse':
        this.#needsOperator = plan.operator;
        if (master.lastEpoch !== this.followed.masterEpoch) this.#sawOtherEpoch(master.lastEpoch);
        link.close(plan.reason);
        return undefined;
      case 'below-confirm':
        this.#belowConfirm(plan.offset);
        return undefined;
      case 'keep-tail':
        link.keepsTail = true;
        return plan.reportOffset;
      case 'truncate': {
        await this.#truncate(plan.offset, plan.resync);
        if (plan.epochs.length !== this.#epochFile.entries().length)
          await this.#epochFile.replace(plan.epochs);
        assert(
          store.maxOffset() === plan.offset,
          `the log ends at ${store.maxOffset()} after the cut to ${plan.offset}`,
        );
        return plan.offset;
      }
    }
  }

  /** The log first, then the epoch file: after a crash in between, no byte stands under the label of an older epoch. */
  async #truncate(offset: number, resync: boolean): Promise<void> {
    const { store, runtime } = this.#context;
    const from = store.maxOffset();
    if (offset >= from) return;
    const confirmOffset = store.confirmOffset();
    // It survives a crash before the first ack: else the cut bytes would come back as valid records (B22).
    await store.truncateTo(offset, resync ? { force: true } : {});
    const masterEpoch = this.followed.masterEpoch;
    runtime.trace.emit('truncated', { from, to: offset, confirmOffset, masterEpoch });
  }

  #belowConfirm(offset: number): void {
    const { store, runtime } = this.#context;
    const masterEpoch = this.followed.masterEpoch;
    const confirmOffset = store.confirmOffset();
    runtime.trace.emit('truncate-below-confirm', {
      offset,
      confirmOffset,
      maxOffset: store.maxOffset(),
      masterEpoch,
    });
    runtime.fatal(
      new Error(
        `the master of epoch ${masterEpoch} shares this log only up to ${offset}, but ${confirmOffset} is confirmed here; ` +
          'nothing is cut: compare the epoch files and the logs of both',
      ),
    );
  }

  #transfer(link: HaClientLink, frame: Transfer): Promise<void> | undefined {
    const { store } = this.#context;
    // A master that does not know yet where to begin says so by -1.
    if (frame.header.offset < 0 && frame.body.length === 0) return undefined;
    if (link.keepsTail) return this.#transferBehindTail(link, frame);
    const verdict = checkFrame({
      header: frame.header,
      bodyBytes: frame.body.length,
      epochs: this.#epochFile.entries(),
      maxOffset: store.maxOffset(),
      followedEpoch: this.followed.masterEpoch,
    });
    switch (verdict.kind) {
      case 'refuse':
        throw new Error(verdict.reason);
      case 'known-epoch':
        this.#append(link, frame);
        return undefined;
      case 'new-epoch':
        // Its entry is durable before its first byte is appended: no byte ever stands under the label of another epoch.
        return this.#run(async () => {
          if (!link.isOpen()) return;
          await this.#epochFile.replace(startEpoch(this.#epochFile.entries(), verdict.entry));
          const { epoch, startOffset } = verdict.entry;
          this.#context.runtime.trace.emit('epoch-started', { masterEpoch: epoch, startOffset });
          if (link.isOpen()) this.#append(link, frame);
        });
    }
  }

  #append(link: HaClientLink, frame: Transfer): void {
    const { store } = this.#context;
    if (frame.body.length > 0) {
      const state = store.state().kind;
      if (state !== 'ok') throw new Error(`the store takes nothing: ${state}`);
      store.appendRaw(frame.header.offset, frame.body);
    }
    link.masterConfirmOffset = frame.header.confirmOffset;
    this.#confirm(link);
    link.throttle(store.maxOffset() - store.durableOffset() > undurableBytesMax);
  }

  /** Seeded bug skip-truncation: goes on as if its tail were the master's. */
  #transferBehindTail(link: HaClientLink, frame: Transfer): Promise<void> | undefined {
    const { store } = this.#context;
    const unseen = unseenPart(frame.header.offset, frame.body, store.maxOffset());
    if (unseen === undefined) {
      this.#acknowledge(link, Math.max(link.ackOffset, frame.header.offset + frame.body.length));
      return undefined;
    }
    link.keepsTail = false;
    return this.#run(async () => {
      if (unseen.offset < store.maxOffset()) await store.truncateTo(unseen.offset, { force: true });
      const entry = { epoch: frame.header.epoch, startOffset: frame.header.epochStartOffset };
      const known = this.#epochFile.entries().filter((own) => own.epoch < entry.epoch);
      await this.#epochFile.replace(startEpoch(known, entry));
      store.appendRaw(unseen.offset, unseen.bytes);
      link.masterConfirmOffset = frame.header.confirmOffset;
    });
  }

  #confirm(link: HaClientLink): void {
    const { store } = this.#context;
    if (link.keepsTail) return;
    const confirmOffset = Math.min(link.masterConfirmOffset, store.durableOffset());
    if (confirmOffset > store.confirmOffset()) store.setConfirmOffset(confirmOffset);
  }

  #acknowledge(link: HaClientLink, offset: number): void {
    link.ackOffset = offset;
    link.send({ kind: 'ack', offset });
  }

  async #allDurable(): Promise<void> {
    const { store } = this.#context;
    while (!this.#isStopped && store.durableOffset() < store.maxOffset()) {
      await new Promise<void>((resolve) => this.#durableWaiters.push(resolve));
    }
  }

  #wakeDurableWaiters(): void {
    const waiters = this.#durableWaiters;
    this.#durableWaiters = [];
    for (const wake of waiters) wake();
  }

  #armTick(): void {
    const { clock } = this.#context.runtime;
    const everyMs = Math.max(1, Math.floor(this.#context.options.haSendHeartbeatInterval / 3));
    const dueMs = clock.monotonicMs() + everyMs;
    this.#tickTimer = clock.after(everyMs, () => {
      this.#armTick();
      try {
        this.#tick(clock.monotonicMs(), clock.monotonicMs() - dueMs > lateTimerMs);
      } catch (error) {
        stopIfBroken(this.#context.runtime, error);
      }
    });
  }

  #tick(nowMs: number, wasStopped: boolean): void {
    const link = this.#link;
    if (link === undefined) return;
    const { haSendHeartbeatInterval, haHousekeepingInterval } = this.#context.options;
    if (wasStopped || link.isHeldBack()) link.lastHeardMs = nowMs;
    if (nowMs - link.lastHeardMs > haHousekeepingInterval) {
      link.close(`nothing heard for ${haHousekeepingInterval} ms`);
    } else if (link.phase === 'transfer' && nowMs - link.lastSentMs >= haSendHeartbeatInterval) {
      this.#acknowledge(link, link.ackOffset);
    }
  }
}

export function parseHostPort(address: string): HostPort {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
