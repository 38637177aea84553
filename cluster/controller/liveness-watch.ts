/** Feeds the heartbeat table with what arrives and with the time, and notices when it was this process that stood still. */
import type { Channel } from '../remoting/channel.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { heartbeatTimeoutMsDefault } from './controller-config.ts';
import { type Heartbeat, HeartbeatTable, type Life } from './heartbeat-table.ts';

/** A look that comes later than this was held up: what is in our sockets is then older than it seems. */
const lateLookMs = 300;

export interface LivenessWatchOptions {
  /** Asked before each wait, so that the key can be changed. */
  readonly scanIntervalMs: () => number;
  /** Undefined for a broker that is not registered. */
  readonly registeredIncarnation: (brokerName: string, brokerId: number) => string | undefined;
  readonly onAlive: (heartbeat: Heartbeat) => void;
  readonly onDead: (life: Life) => void;
  /** After each look at the table. */
  readonly onScan: () => void;
}

export class LivenessWatch {
  readonly table = new HeartbeatTable();
  readonly #runtime: Runtime;
  readonly #options: LivenessWatchOptions;
  #timer: Timer | undefined;
  #nextLookMs = Number.POSITIVE_INFINITY;

  constructor(runtime: Runtime, options: LivenessWatchOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  start(): void {
    this.#lookLater();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** A new leader has only its own word for who is dead: it lets everybody speak first. */
  startFresh(): void {
    this.table.startFresh(this.nowMs(), heartbeatTimeoutMsDefault, false);
  }

  heard(heartbeat: Heartbeat, channel: Channel): void {
    const nowMs = this.#noticeOwnStop();
    const registered = this.#options.registeredIncarnation(heartbeat.brokerName, heartbeat.brokerId);
    if (this.table.heard(heartbeat, channel, nowMs, registered)) this.#options.onAlive(heartbeat);
  }

  closed(channel: Channel): void {
    const nowMs = this.#noticeOwnStop();
    for (const life of this.table.closed(channel, nowMs)) this.#options.onDead(life);
  }

  /** What silence is measured by. */
  nowMs(): number {
    const { clock, seededBugs } = this.#runtime;
    return seededBugs.has('wall-clock-expiry') ? clock.wallMs() : clock.monotonicMs();
  }

  #look(): void {
    // The next look first: an error in this one must not be the end of all (HOLES.md B10, B35).
    const nowMs = this.#noticeOwnStop();
    this.#lookLater();
    if (!this.#runtime.seededBugs.has('liveness-by-close-only')) {
      for (const life of this.table.scanned(nowMs)) this.#options.onDead(life);
    }
    this.#options.onScan();
  }

  #lookLater(): void {
    const intervalMs = this.#options.scanIntervalMs();
    this.#nextLookMs = this.#runtime.clock.monotonicMs() + intervalMs;
    this.#timer = this.#runtime.clock.after(intervalMs, () => this.#look());
  }

  /** Asked with every input: after a stop what waits in the sockets may be handled before the timer fires. */
  #noticeOwnStop(): number {
    const lookMs = this.#runtime.clock.monotonicMs();
    const nowMs = this.nowMs();
    if (lookMs > this.#nextLookMs + lateLookMs) {
      const lateMs = Math.round(lookMs - this.#nextLookMs);
      this.#runtime.trace.log(
        'warn',
        `stood still for about ${lateMs} ms: every broker gets a fresh time-out`,
      );
      this.table.startFresh(nowMs, heartbeatTimeoutMsDefault, true);
      this.#nextLookMs = lookMs;
    }
    return nowMs;
  }
}
