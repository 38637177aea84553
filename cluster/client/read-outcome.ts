/** What became of a read. Reads change nothing, so a read without an answer is a failure, never unknown. */
import type { StoredMessage } from '../message/stored-message.ts';
import { ResponseCode } from '../remoting/response-code.ts';

export interface ReadFailure {
  readonly kind: 'fail';
  readonly definite: true;
  readonly reason: string;
  /** The last response code, if there was a response. */
  readonly code?: number;
  readonly address?: string;
}

/**
 * FOUND: there are messages. NO_NEW_MSG: the queue ends at the offset asked for. NO_MATCHED_MSG: none that the
 * subscription wants; go on at nextBeginOffset. OFFSET_ILLEGAL: outside of the queue; nextBeginOffset is inside.
 */
export type PullStatus = 'FOUND' | 'NO_NEW_MSG' | 'NO_MATCHED_MSG' | 'OFFSET_ILLEGAL';

export type PullOutcome =
  | {
      readonly kind: 'ok';
      readonly status: PullStatus;
      /** Bodies are views of the bytes received. */
      readonly messages: readonly StoredMessage[];
      readonly nextBeginOffset: number;
      readonly minOffset: number;
      readonly maxOffset: number;
      /** The broker that answered. */
      readonly address: string;
    }
  | ReadFailure;

export type OffsetOutcome =
  | { readonly kind: 'ok'; readonly offset: number; readonly address: string }
  | ReadFailure;

export const pullStatuses: ReadonlyMap<number, PullStatus> = new Map<number, PullStatus>([
  [ResponseCode.SUCCESS, 'FOUND'],
  [ResponseCode.PULL_NOT_FOUND, 'NO_NEW_MSG'],
  [ResponseCode.PULL_RETRY_IMMEDIATELY, 'NO_MATCHED_MSG'],
  [ResponseCode.PULL_OFFSET_MOVED, 'OFFSET_ILLEGAL'],
]);

/** Codes of a broker that does not serve the read at present: it or another one soon may. */
const elsewhereCodes: ReadonlySet<number> = new Set([
  ResponseCode.SYSTEM_ERROR,
  ResponseCode.SYSTEM_BUSY,
  ResponseCode.SERVICE_NOT_AVAILABLE,
  ResponseCode.TOPIC_NOT_EXIST,
  ResponseCode.FLOW_CONTROL,
  ResponseCode.NOT_LEADER_FOR_QUEUE,
  ResponseCode.GO_AWAY,
]);

export function isServedElsewhere(code: number): boolean {
  return elsewhereCodes.has(code);
}
