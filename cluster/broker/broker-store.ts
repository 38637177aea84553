/** What the broker's processors need of the message store. */
import type { HostAddress } from '../message/host-address.ts';

export interface SendDraft {
  readonly topic: string;
  readonly queueId: number;
  readonly flag: number;
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  readonly bornHost: HostAddress;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  /** Encoded. */
  readonly properties: string;
  readonly body: Uint8Array;
}

export type RefusedReason =
  | 'not-available'
  | 'message-illegal'
  | 'properties-too-long'
  | 'disk-full'
  | 'failed';

export type SendAppendResult =
  | {
      readonly kind: 'appended';
      readonly physicalOffset: number;
      readonly endOffset: number;
      /** Of the first message. */
      readonly queueOffset: number;
      readonly messageIds: readonly string[];
      readonly storeTimestamp: number;
    }
  | { readonly kind: 'refused'; readonly reason: RefusedReason; readonly detail: string };

export interface QueueQuery {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly countMax: number;
  readonly bytesMax: number;
  readonly tagsCodes?: ReadonlySet<number>;
}

/** RocketMQ's GetMessageStatus. */
export type QueueStatus =
  | 'FOUND'
  | 'NO_MATCHED_MESSAGE'
  | 'MESSAGE_WAS_REMOVING'
  | 'OFFSET_FOUND_NULL'
  | 'OFFSET_OVERFLOW_BADLY'
  | 'OFFSET_OVERFLOW_ONE'
  | 'OFFSET_TOO_SMALL'
  | 'OFFSET_RESET'
  | 'NO_MATCHED_LOGIC_QUEUE'
  | 'NO_MESSAGE_IN_QUEUE';

export interface QueueResult {
  readonly status: QueueStatus;
  readonly records: readonly Uint8Array[];
  readonly nextBeginOffset: number;
  readonly minOffset: number;
  readonly maxOffset: number;
}

export interface BrokerStore {
  append(drafts: readonly SendDraft[]): SendAppendResult;
  minOffset(): number;
  maxOffset(): number;
  durableOffset(): number;
  confirmOffset(): number;
  getMessages(query: QueueQuery): Promise<QueueResult>;
  queueMinOffset(topic: string, queueId: number): number;
  /** Confirmed: what consumers may read. */
  queueMaxOffset(topic: string, queueId: number): number;
  state():
    | { readonly kind: 'ok' }
    | { readonly kind: 'disk-full' }
    | { readonly kind: 'failed'; readonly error: Error };
}

/** What they need of the HA service. */
export interface BrokerHa {
  admission(): { readonly ok: true } | { readonly ok: false; readonly inSync: number };
  waitForConfirm(
    nextOffset: number,
    deadlineMs: number,
    done: (outcome: 'ok' | 'timeout' | 'not-enough-replicas' | 'role-changed') => void,
  ): void;
  readRound(timeoutMs: number, done: (ok: boolean) => void): void;
  tailReadable(): boolean;
}
