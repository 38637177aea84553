/** A record's fields, all of them. */
import type { HostAddress } from './host-address.ts';

export interface StoredMessage {
  /** 2 has room for topics longer than 127 bytes. */
  readonly version: 1 | 2;
  /** Of the whole record, bytes. */
  readonly size: number;
  /** CRC-32 of the body without its sign bit. */
  readonly bodyCrc: number;
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  /** The sender's own number; the broker does not look at it. */
  readonly flag: number;
  /** SystemFlag bits. */
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  readonly bornHost: HostAddress;
  readonly storeTimestamp: number;
  readonly storeHost: HostAddress;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  /** As stored: compressed when the sysFlag says so. */
  readonly body: Uint8Array;
  /** Encoded; see message-properties.ts. */
  readonly properties: string;
}
