/** What must hold of brokers and controller at any time, whatever has happened. */
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import { endOffsetOf } from '../../../cluster/ha/epoch-list.ts';
import type { Replica } from './replica.ts';

/** What cannot be taken back. */
export interface Said {
  /** By offset: the message that was acknowledged, or confirmed and so readable, there. */
  readonly named: readonly (number | null)[];
  /** By masterEpoch: who acknowledged in it. */
  readonly acknowledgers: Readonly<Record<number, string>>;
}

export const nothingSaid: Said = { named: [], acknowledgers: {} };

export function name(said: Said, offset: number, message: number): Said | string {
  const before = said.named[offset] ?? message;
  if (before !== message)
    return `offset ${offset} was message ${before} to a client, now it is message ${message}`;
  if (said.named[offset] === message) return said;
  const named = Array.from({ length: Math.max(said.named.length, offset + 1) }, (_, at) =>
    at === offset ? message : (said.named[at] ?? null),
  );
  return { ...said, named };
}

export function brokenPromise(
  said: Said,
  brokerSet: BrokerSet,
  replicas: readonly Replica[],
  isElectable: (replica: Replica) => boolean,
): string | undefined {
  for (const replica of replicas) {
    if (!brokerSet.syncStateSet.has(replica.brokerId) || !isElectable(replica)) continue;
    const lost = said.named.findIndex(
      (message, offset) => message !== null && replica.log[offset] !== message,
    );
    if (lost !== -1) {
      return `message ${said.named[lost]} at offset ${lost} was acknowledged or read, but broker ${replica.brokerId}, which may be elected, does not hold it`;
    }
  }
  for (const one of replicas) {
    for (const other of replicas) {
      if (one.brokerId >= other.brokerId) continue;
      const offset = disagreement(one, other);
      if (offset !== undefined)
        return `brokers ${one.brokerId} and ${other.brokerId} hold different records of one epoch at offset ${offset}`;
    }
  }
  return undefined;
}

/** Up to the end of their last common epoch two logs are equal. */
function disagreement(one: Replica, other: Replica): number | undefined {
  for (let index = one.epochs.length - 1; index >= 0; index -= 1) {
    const entry = one.epochs[index];
    const otherIndex = other.epochs.findIndex(({ epoch }) => epoch === entry?.epoch);
    if (entry === undefined || otherIndex === -1) continue;
    if (other.epochs[otherIndex]?.startOffset !== entry.startOffset) return entry.startOffset;
    const end = Math.min(
      endOffsetOf(one.epochs, index, one.log.length),
      endOffsetOf(other.epochs, otherIndex, other.log.length),
    );
    for (let offset = 0; offset < end; offset += 1) if (one.log[offset] !== other.log[offset]) return offset;
    return undefined;
  }
  return undefined;
}
