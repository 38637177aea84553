/**
 * Which lives of which brokers one controller holds for alive: pure, on monotonic times it is given.
 *
 * A life is (brokerName, brokerId, incarnation), so late bytes of a dead life never touch the one that runs. A close counts only of the
 * connection that carried the latest heartbeat (HOLES.md B37, B90); silence counts after the time-out that the broker asked for (B33).
 */
import type { Channel } from '../remoting/channel.ts';

export interface Heartbeat {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly brokerAddress: string;
  readonly incarnation: string;
  /** The last epoch in the replica's log. */
  readonly epoch: number;
  readonly maxOffset: number;
  readonly confirmOffset: number;
  readonly electionPriority: number;
  readonly isSuspect: boolean;
  readonly timeoutMs: number;
  /** The masterEpoch that the replica follows or owns, and its SyncStateSet epoch, when it tells. */
  readonly roleEpoch: number | undefined;
  readonly syncStateSetEpoch: number | undefined;
}

export type DeathReason = 'closed' | 'silent';

export interface Life {
  readonly heartbeat: Heartbeat;
  /** The connection of the latest heartbeat. */
  readonly channel: Channel;
  readonly heardMs: number;
  /** Undefined while alive. */
  readonly death: { readonly reason: DeathReason; readonly atMs: number } | undefined;
}

/** Dead lives are kept so that a life never heard of can be told from one that ended; this many per broker. */
const livesPerBrokerMax = 4;

/** More brokers than any cluster has: a limit for who invents names. */
const brokersMax = 100_000;

/** After a stop of our own, closes that wait in our sockets are older than the connections that wait behind them. */
const closesDistrustedMs = 500;

export class HeartbeatTable {
  readonly #brokers = new Map<string, Map<string, Life>>();
  #freshStart: { readonly atMs: number; readonly graceMs: number; readonly closesCountFromMs: number } = {
    atMs: Number.NEGATIVE_INFINITY,
    graceMs: 0,
    closesCountFromMs: Number.NEGATIVE_INFINITY,
  };

  /**
   * Returns true when the life was not alive before. The record takes over what the heartbeat says, lower offsets too (B41).
   * `registered` is the incarnation that the controllers know: whoever else speaks in the broker's name, it is not forgotten.
   */
  heard(heartbeat: Heartbeat, channel: Channel, nowMs: number, registered?: string): boolean {
    const lives = this.#livesOf(heartbeat.brokerName, heartbeat.brokerId);
    if (lives === undefined) return false;
    const known = lives.get(heartbeat.incarnation);
    if (known !== undefined && isLate(known, channel, nowMs)) return false;
    // Re-inserted last, so that the lives heard least lately are forgotten first.
    lives.delete(heartbeat.incarnation);
    lives.set(heartbeat.incarnation, { heartbeat, channel, heardMs: nowMs, death: undefined });
    for (const incarnation of lives.keys()) {
      if (lives.size <= livesPerBrokerMax) break;
      if (incarnation !== registered) lives.delete(incarnation);
    }
    return known === undefined || known.death !== undefined;
  }

  /** Returns the lives that ended with the channel. */
  closed(channel: Channel, nowMs: number): readonly Life[] {
    if (nowMs < this.#freshStart.closesCountFromMs) return [];
    return this.#end((life) => life.channel.id === channel.id, 'closed', nowMs);
  }

  /** Returns the lives that ended by silence. */
  scanned(nowMs: number): readonly Life[] {
    return this.#end((life) => nowMs - life.heardMs > life.heartbeat.timeoutMs, 'silent', nowMs);
  }

  /**
   * What we heard or missed so far may be our own fault: everybody gets a full time-out from now on, also who was never heard.
   * `wasStopped` tells that this process stood still, else it is a new leader that starts to count.
   */
  startFresh(nowMs: number, graceMs: number, wasStopped: boolean): void {
    this.#freshStart = {
      atMs: nowMs,
      graceMs,
      closesCountFromMs: wasStopped ? nowMs + closesDistrustedMs : this.#freshStart.closesCountFromMs,
    };
    for (const lives of this.#brokers.values()) {
      for (const [incarnation, life] of lives) {
        if (life.death === undefined) lives.set(incarnation, { ...life, heardMs: nowMs });
      }
    }
  }

  /** The life, when it is alive. */
  alive(brokerName: string, brokerId: number, incarnation: string): Life | undefined {
    const life = this.#brokers.get(brokerKey(brokerName, brokerId))?.get(incarnation);
    return life?.death === undefined ? life : undefined;
  }

  /** Whether to act on the end of this life: false also while we cannot know yet. */
  isDead(brokerName: string, brokerId: number, incarnation: string, nowMs: number): boolean {
    const life = this.#brokers.get(brokerKey(brokerName, brokerId))?.get(incarnation);
    if (life !== undefined && life.death === undefined) return false;
    if (life?.death !== undefined && life.death.atMs > this.#freshStart.atMs) return true;
    return nowMs >= this.#freshStart.atMs + this.#freshStart.graceMs;
  }

  *#lives(): Iterable<{ lives: Map<string, Life>; incarnation: string; life: Life }> {
    for (const lives of this.#brokers.values()) {
      for (const [incarnation, life] of lives) yield { lives, incarnation, life };
    }
  }

  #end(ends: (life: Life) => boolean, reason: DeathReason, atMs: number): readonly Life[] {
    const ended: Life[] = [];
    for (const { lives, incarnation, life } of this.#lives()) {
      if (life.death !== undefined || !ends(life)) continue;
      const dead: Life = { ...life, death: { reason, atMs } };
      lives.set(incarnation, dead);
      ended.push(dead);
    }
    return ended;
  }

  #livesOf(brokerName: string, brokerId: number): Map<string, Life> | undefined {
    const key = brokerKey(brokerName, brokerId);
    const known = this.#brokers.get(key);
    if (known !== undefined || this.#brokers.size >= brokersMax) return known;
    const lives = new Map<string, Life>();
    this.#brokers.set(key, lives);
    return lives;
  }
}

/**
 * Bytes that a broken link held back on an older connection. A broker that truly goes on over an older one is
 * believed once its newer one was silent or closed for a full time-out.
 */
function isLate(known: Life, channel: Channel, nowMs: number): boolean {
  if (channel.id >= known.channel.id) return false;
  if (known.death === undefined) return nowMs - known.heardMs <= known.heartbeat.timeoutMs;
  return nowMs - known.death.atMs <= known.heartbeat.timeoutMs;
}

function brokerKey(brokerName: string, brokerId: number): string {
  return `${brokerId}/${brokerName}`;
}
