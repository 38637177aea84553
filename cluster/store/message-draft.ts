/** A message on its way into the log: everything but what the store gives it (offsets, store time, CRC). */
import type { EncodedProperties } from '../message/encoded-properties.ts';
import type { HostAddress } from '../message/host-address.ts';

export interface MessageDraft {
  readonly topic: string;
  readonly queueId: number;
  readonly flag: number;
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  readonly bornHost: HostAddress;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  /** Encoded; see message/message-properties.ts. */
  readonly properties: string | EncodedProperties;
  /** What stands behind them in the record: encoded properties that are the same for all messages, without tags. */
  readonly commonProperties?: Uint8Array;
  readonly body: Uint8Array;
}
