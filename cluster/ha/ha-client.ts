/**
 * The slave of one master in one masterEpoch: connects, cuts its log to what it shares with the master, appends what comes and says what is
 * durable. It ends with the epoch; another one makes another client.
 */
import type { Timer } from '../runtime/clock.ts';
import type { ByteStream, HostPort } from '../runtime/network.ts';
import { stopIfBroken } from './broken-invariant.ts';
import type { EpochFile } from './epoch-file.ts';
import { HaClientLink } from './ha-client-link.ts';
import type { HaContext } from './ha-context.ts';
import { connectMs, lateTimerMs, redialMs, refusedRedialMs, undurableBytesMax } from './ha-limits.ts';
import { type MasterPacket, RefuseReason } from './ha-packet.ts';
import { HandshakeRefusedError, SlaveLog } from './slave-log.ts';

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
  #log: SlaveLog | undefined;
  /** What must come to its end before another role may touch log and epoch file. */
  #work: Promise<void> = Promise.resolve();
  #durableWaiters: (() => void)[] = [];
  #isStopped = false;
  #redialTimer: Timer | undefined;
  #tickTimer: Timer | undefined;
  #lastReason = '';
  #needsOperator = false;
  #shownIncarnation = '';

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
    const log = this.#log;
    if (link?.phase !== 'transfer' || log === undefined) return;
    log.confirm();
    this.#report(link, log);
    const { store } = this.#context;
    link.throttle(store.maxOffset() - store.durableOffset() > undurableBytesMax);
  }

  #dial(): void {
    const { runtime, store } = this.#context;
    const state = store.state().kind;
    if (state !== 'ok') {
      this.#redial(`the store takes nothing: ${state}`);
      return;
    }
    const address = parseHostPort(this.followed.masterHaAddress);
    void runtime.network.connect(address, connectMs, { lendsBytes: true }).then(
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
    const log = new SlaveLog(this.#context, this.#epochFile, this.followed.masterEpoch, () => link.isOpen());
    const link = new HaClientLink(runtime, stream, {
      packet: (from, packet) => this.#packet(from, log, packet),
      closed: (from, reason, isUnreadable) => this.#closed(from, reason, isUnreadable),
    });
    this.#link = link;
    this.#log = log;
    this.#shownIncarnation = options.incarnation ?? '';
    link.send({
      kind: 'handshake',
      syncFromLastFile: options.syncFromLastFile ?? false,
      asyncLearner: options.asyncLearner ?? false,
      brokerId: this.#selfBrokerId,
      extension: {
        followedEpoch: this.followed.masterEpoch,
        maxOffset: store.maxOffset(),
        incarnation: this.#shownIncarnation,
      },
    });
  }

  #closed(link: HaClientLink, reason: string, isUnreadable: boolean): void {
    if (this.#link === link) this.#link = undefined;
    const peer = this.followed.masterBrokerId;
    const why = isUnreadable ? { unreadable: reason } : {};
    this.#context.runtime.trace.emit('ha-connection', { peer, state: 'lost', ...why });
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

  #packet(link: HaClientLink, log: SlaveLog, packet: MasterPacket): Promise<void> | undefined {
    switch (packet.kind) {
      case 'ping':
        this.#pong(link, packet.masterEpoch, packet.round);
        return undefined;
      case 'refuse':
        this.#refused(link, packet.reason, packet.masterEpoch);
        return undefined;
      case 'handshake':
        if (link.phase !== 'handshake') throw new Error('a second handshake on one connection');
        return this.#run(() => this.#align(link, log, packet));
      case 'transfer':
        if (link.phase !== 'transfer') throw new Error('a transfer before the handshake');
        return this.#transfer(link, log, packet);
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

  async #align(link: HaClientLink, log: SlaveLog, master: Handshake): Promise<void> {
    if (!link.isOpen()) return;
    link.phase = 'align';
    // An acknowledged offset is a durable one, also the first.
    await this.#allDurable();
    if (!link.isOpen()) return;
    try {
      await log.align(master);
    } catch (error) {
      if (error instanceof HandshakeRefusedError) this.#needsOperator = error.needsOperator;
      if (master.lastEpoch !== this.followed.masterEpoch) this.#sawOtherEpoch(master.lastEpoch);
      throw error;
    }
    if (!link.isOpen()) return;
    link.phase = 'transfer';
    this.#needsOperator = false;
    this.#lastReason = '';
    // At once: the master waits for it to know where to begin, and only now is it true (B72).
    this.#acknowledge(link, log.reportOffset());
    const { masterHaAddress: masterAddress, masterEpoch, masterBrokerId } = this.followed;
    this.#context.runtime.trace.emit('ha-connection', { peer: masterBrokerId, state: 'following' });
    this.#context.delegate.connectionState({ kind: 'following', masterAddress, masterEpoch });
  }

  #transfer(link: HaClientLink, log: SlaveLog, frame: Transfer): Promise<void> | undefined {
    const { store } = this.#context;
    const before = store.maxOffset();
    const work = log.take(frame);
    // Nothing was appended, so no durability will be told: only with the seeded bug.
    if (work === undefined && store.maxOffset() === before) this.#report(link, log);
    link.throttle(store.maxOffset() - store.durableOffset() > undurableBytesMax);
    return work === undefined ? undefined : this.#run(() => work);
  }

  #report(link: HaClientLink, log: SlaveLog): void {
    if (link.phase === 'transfer' && log.reportOffset() > link.ackOffset)
      this.#acknowledge(link, log.reportOffset());
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
        if (!stopIfBroken(this.#context.runtime, error)) {
          this.#context.runtime.trace.log('error', `HA slave tick: ${String(error)}`);
        }
      }
    });
  }

  #tick(nowMs: number, wasStopped: boolean): void {
    const link = this.#link;
    if (link === undefined) return;
    const { haSendHeartbeatInterval, haHousekeepingInterval } = this.#context.options;
    if (wasStopped || link.isHeldBack()) link.lastHeardMs = nowMs;
    if (this.#shownIncarnation !== (this.#context.options.incarnation ?? '')) {
      // The master vouches for the life it was shown; the controller knows another one now.
      link.close('this broker has registered anew');
    } else if (nowMs - link.lastHeardMs > haHousekeepingInterval) {
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
