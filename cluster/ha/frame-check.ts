/** Whether a transfer frame may follow the log of a slave. Pure. */
import { type EpochEntry, type EpochList, lastEntry } from './epoch-list.ts';
import type { TransferHeader } from './ha-packet.ts';

export type FrameVerdict =
  | { readonly kind: 'known-epoch' }
  /** The entry must be durable before the bytes are appended. */
  | { readonly kind: 'new-epoch'; readonly entry: EpochEntry }
  | { readonly kind: 'refuse'; readonly reason: string };

export interface FrameCheckInput {
  readonly header: TransferHeader;
  readonly epochs: EpochList;
  readonly maxOffset: number;
  readonly followedEpoch: number;
}

export function checkFrame(input: FrameCheckInput): FrameVerdict {
  const { header, epochs, maxOffset } = input;
  const entry = { epoch: header.epoch, startOffset: header.epochStartOffset };
  // An empty log begins where the master's does.
  if (header.offset !== maxOffset && maxOffset !== 0) {
    return { kind: 'refuse', reason: `wanted offset ${maxOffset}, got ${header.offset}` };
  }
  if (header.epoch > input.followedEpoch) {
    return {
      kind: 'refuse',
      reason: `follows epoch ${input.followedEpoch}, got bytes of epoch ${header.epoch}`,
    };
  }
  const last = lastEntry(epochs);
  if (last !== undefined && header.epoch < last.epoch) {
    return { kind: 'refuse', reason: `has epoch ${last.epoch} already, got bytes of epoch ${header.epoch}` };
  }
  if (last?.epoch === header.epoch) {
    // An epoch has one start, for ever (S3).
    if (last.startOffset === header.epochStartOffset) return { kind: 'known-epoch' };
    const reason = `epoch ${header.epoch} starts at ${last.startOffset} here, at ${header.epochStartOffset} at the master`;
    return { kind: 'refuse', reason };
  }
  if (header.epochStartOffset > header.offset || (maxOffset !== 0 && header.epochStartOffset !== maxOffset)) {
    const reason = `epoch ${header.epoch} starts at ${header.epochStartOffset}, but this log ends at ${maxOffset}`;
    return { kind: 'refuse', reason };
  }
  return { kind: 'new-epoch', entry };
}
