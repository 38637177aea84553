/** What became of an append. */
import type { MessageIds } from '../message/message-id.ts';

const comma = 44;

export type AppendResult = Appended | AppendRefused;

export interface AppendRefused {
  readonly kind: 'refused';
  /** Nothing was appended, in all cases. */
  readonly reason: 'not-available' | 'message-illegal' | 'properties-too-long' | 'disk-full' | 'failed';
  readonly detail: string;
}

/** In the log's memory; durable once the store says so. */
export class Appended {
  readonly kind = 'appended';
  readonly physicalOffset: number;
  /** Of the log, behind the last of the messages. */
  readonly endOffset: number;
  /** Of the first message. */
  readonly queueOffset: number;
  readonly storeTimestamp: number;
  readonly #ids: MessageIds;
  /** Undefined for one message. */
  readonly #physicalOffsets: readonly number[] | undefined;

  constructor(
    physicalOffset: number,
    endOffset: number,
    queueOffset: number,
    storeTimestamp: number,
    ids: MessageIds,
    physicalOffsets: readonly number[] | undefined,
  ) {
    this.physicalOffset = physicalOffset;
    this.endOffset = endOffset;
    this.queueOffset = queueOffset;
    this.storeTimestamp = storeTimestamp;
    this.#ids = ids;
    this.#physicalOffsets = physicalOffsets;
  }

  /** Offset message ids, made when asked for. */
  get messageIds(): readonly string[] {
    return (this.#physicalOffsets ?? [this.physicalOffset]).map((offset) => this.#ids.of(offset));
  }

  /** Of what `putMessageIds` writes. */
  get messageIdsLength(): number {
    return (this.#physicalOffsets?.length ?? 1) * (this.#ids.length + 1) - 1;
  }

  /** The same as text in place, joined by commas, as senders get them. Returns the place behind it. */
  putMessageIds(into: Uint8Array, start: number): number {
    const offsets = this.#physicalOffsets;
    if (offsets === undefined) return this.#ids.put(into, start, this.physicalOffset);
    let at = start;
    for (const offset of offsets) {
      if (at > start) into[at++] = comma;
      at = this.#ids.put(into, at, offset);
    }
    return at;
  }
}
