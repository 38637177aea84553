/** What each replica has told the master of one epoch. By broker id, on its newest connection only (B14). Pure. */

/** One replica as the table knows it. */
export interface AckTableRow {
  connectionId: number | undefined;
  incarnation: string;
  /** Durable end of the replica's log, as said on this connection; undefined before the first ack. */
  ackOffset: number | undefined;
  lastHeardMs: number;
  /** When it last had everything the master had. Survives a reconnection: a flapping link is no sign of progress. */
  caughtUpMs: number;
  /** Having `sampleOffset` means: caught up at `sampleMs`. */
  sampleOffset: number;
  sampleMs: number;
  lostMs: number;
}

export type AckVerdict = 'advanced' | 'same' | 'stale-connection' | 'beyond-sent' | 'went-back';

export class AckTable {
  readonly #replicas = new Map<number, AckTableRow>();
  /** Seeded bug count-acks-per-link: what was said on links that are gone still counts, as on one that is half open. */
  readonly #ghostAcks: number[] | undefined;
  #startMs: number;

  /** `startMs`: the beginning of the epoch; a replica that never came is missed from then on. */
  constructor(startMs: number, countsLinks = false) {
    this.#startMs = startMs;
    this.#ghostAcks = countsLinks ? [] : undefined;
  }

  /** All of it, for whoever explores what may happen from here. */
  rows(): readonly (readonly [brokerId: number, row: Readonly<AckTableRow>])[] {
    return [...this.#replicas].map(([brokerId, row]) => [brokerId, { ...row }]);
  }

  static from(
    startMs: number,
    rows: readonly (readonly [brokerId: number, row: Readonly<AckTableRow>])[],
  ): AckTable {
    const table = new AckTable(startMs);
    for (const [brokerId, row] of rows) table.#replicas.set(brokerId, { ...row });
    return table;
  }

  /** Returns the id of the connection that this one replaces. */
  connected(brokerId: number, connectionId: number, incarnation: string, nowMs: number): number | undefined {
    const known = this.#replicas.get(brokerId);
    const replaced = known?.connectionId;
    this.#replicas.set(brokerId, {
      connectionId,
      incarnation,
      ackOffset: undefined,
      lastHeardMs: nowMs,
      caughtUpMs: known?.caughtUpMs ?? Number.NEGATIVE_INFINITY,
      sampleOffset: Number.POSITIVE_INFINITY,
      sampleMs: nowMs,
      lostMs: nowMs,
    });
    return replaced;
  }

  /** The close of an older connection changes nothing. */
  disconnected(brokerId: number, connectionId: number, nowMs: number): boolean {
    const replica = this.#replicas.get(brokerId);
    if (replica === undefined || replica.connectionId !== connectionId) return false;
    if (replica.ackOffset !== undefined) this.#ghostAcks?.push(replica.ackOffset);
    replica.connectionId = undefined;
    replica.ackOffset = undefined;
    replica.lostMs = nowMs;
    return true;
  }

  heard(brokerId: number, connectionId: number, nowMs: number): void {
    const replica = this.#replicas.get(brokerId);
    if (replica?.connectionId === connectionId) replica.lastHeardMs = nowMs;
  }

  /** `sentOffset`: the end of what went out on this connection. A replica cannot have more than that (B14, B87). */
  acked(
    brokerId: number,
    connectionId: number,
    offset: number,
    sentOffset: number,
    masterMaxOffset: number,
    nowMs: number,
  ): AckVerdict {
    const replica = this.#replicas.get(brokerId);
    if (replica === undefined || replica.connectionId !== connectionId) return 'stale-connection';
    if (offset > sentOffset) return 'beyond-sent';
    const before = replica.ackOffset;
    if (before !== undefined && offset < before) return 'went-back';
    replica.lastHeardMs = nowMs;
    replica.ackOffset = offset;
    if (offset >= masterMaxOffset) {
      replica.caughtUpMs = nowMs;
      replica.sampleOffset = offset;
      replica.sampleMs = nowMs;
    } else {
      if (offset >= replica.sampleOffset) replica.caughtUpMs = Math.max(replica.caughtUpMs, replica.sampleMs);
      if (offset >= replica.sampleOffset || replica.sampleOffset === Number.POSITIVE_INFINITY) {
        replica.sampleOffset = masterMaxOffset;
        replica.sampleMs = nowMs;
      }
    }
    return before === offset ? 'same' : 'advanced';
  }

  ackOf(brokerId: number): number | undefined {
    return this.#replicas.get(brokerId)?.ackOffset;
  }

  /** Seeded bug: the ack of the link that is `rank` links behind the one that is furthest, whoever is at its other end. */
  ackOfLink(rank: number): number | undefined {
    const acks = [...(this.#ghostAcks ?? [])];
    for (const { ackOffset } of this.#replicas.values()) if (ackOffset !== undefined) acks.push(ackOffset);
    return acks.sort((a, b) => b - a)[rank];
  }

  connectionOf(brokerId: number): number | undefined {
    return this.#replicas.get(brokerId)?.connectionId;
  }

  /** Of the newest connection, closed or not. */
  incarnationOf(brokerId: number): string | undefined {
    return this.#replicas.get(brokerId)?.incarnation;
  }

  /** How long it has had no connection; undefined while it has one. */
  lostForMs(brokerId: number, nowMs: number): number | undefined {
    const replica = this.#replicas.get(brokerId);
    if (replica === undefined) return nowMs - this.#startMs;
    return replica.connectionId === undefined ? nowMs - replica.lostMs : undefined;
  }

  silentForMs(brokerId: number, nowMs: number): number {
    const replica = this.#replicas.get(brokerId);
    return replica === undefined ? Number.POSITIVE_INFINITY : nowMs - replica.lastHeardMs;
  }

  /** How long ago it had everything the master had then. */
  behindForMs(brokerId: number, masterMaxOffset: number, nowMs: number): number {
    const replica = this.#replicas.get(brokerId);
    if (replica === undefined) return Number.POSITIVE_INFINITY;
    if (replica.ackOffset !== undefined && replica.ackOffset >= masterMaxOffset) replica.caughtUpMs = nowMs;
    return nowMs - replica.caughtUpMs;
  }

  /** The master itself was stopped for a while: nobody's silence in that time counts. */
  forgive(nowMs: number): void {
    this.#startMs = nowMs;
    for (const replica of this.#replicas.values()) {
      replica.lastHeardMs = nowMs;
      replica.lostMs = nowMs;
      if (replica.caughtUpMs !== Number.NEGATIVE_INFINITY) replica.caughtUpMs = nowMs;
      replica.sampleMs = nowMs;
    }
  }

  brokerIds(): readonly number[] {
    return [...this.#replicas.keys()];
  }
}
