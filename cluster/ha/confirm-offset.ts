/** How far the log is safe: on every replica that could become master. Pure. */

export interface ConfirmInput {
  readonly previous: number;
  readonly selfBrokerId: number;
  readonly ownDurableOffset: number;
  /** Committed members, unresolved proposals and replicas about to enter. */
  readonly ackSet: ReadonlySet<number>;
  /** Undefined: no connection, or no ack in this epoch yet. */
  readonly ackOf: (brokerId: number) => number | undefined;
  /** The smallest size the SyncStateSet may have at this moment. */
  readonly inSyncMin: number;
  readonly minInSyncReplicas: number;
  /** 'all', or the number of replicas that must have it (RocketMQ's inSyncReplicas). */
  readonly acksRequired: 'all' | number;
  /** Seeded bug; asked where the guard is, so that a run knows whether it came there. */
  readonly skipsDisconnected: () => boolean;
}

/** Never below `previous`. */
export function nextConfirmOffset(input: ConfirmInput): number {
  // Also here, not only when a write is admitted: the set may have shrunk since (B15).
  if (input.inSyncMin < input.minInSyncReplicas) return input.previous;
  const reached =
    input.acksRequired === 'all' ? reachedByAll(input) : reachedByCount(input, input.acksRequired);
  return Math.max(input.previous, reached);
}

function reachedByAll(input: ConfirmInput): number {
  let reached = input.ownDurableOffset;
  for (const brokerId of input.ackSet) {
    if (brokerId === input.selfBrokerId) continue;
    const ack = input.ackOf(brokerId);
    // A member that is away, or is back and has said nothing yet, may lack everything (B03, B04).
    if (ack === undefined) {
      if (input.skipsDisconnected()) continue;
      return input.previous;
    }
    if (ack < reached) reached = ack;
  }
  return reached;
}

function reachedByCount(input: ConfirmInput, count: number): number {
  const reached = [input.ownDurableOffset];
  for (const brokerId of input.ackSet) {
    if (brokerId !== input.selfBrokerId) reached.push(input.ackOf(brokerId) ?? 0);
  }
  reached.sort((a, b) => b - a);
  // The master's own copy counts always: it serves the reads.
  return Math.min(input.ownDurableOffset, reached[Math.max(1, count) - 1] ?? input.previous);
}
