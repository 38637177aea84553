/** What became of an append. */
import type { MessageIds } from '../message/message-id.ts';

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

  /** The same, joined by commas, as senders get them. */
  get messageIdText(): string {
    return this.#physicalOffsets === undefined
      ? this.#ids.of(this.physicalOffset)
      : this.messageIds.join(',');
  }
}
