/** What became of a send, and the one table that says what a response code means for it. */
import { ResponseCode, responseCodeName } from '../remoting/response-code.ts';

export type SendOutcome =
  | {
      /** SEND_OK: the message is stored as safely as the broker promises. Nothing else is an acknowledgement. */
      readonly kind: 'ok';
      /** UNIQ_KEY; those of a batch are joined by commas. */
      readonly messageId: string;
      /** Where it is stored: address and physical offset. */
      readonly offsetMessageId: string;
      readonly brokerName: string;
      readonly queueId: number;
      /** Of the first message of a batch. */
      readonly queueOffset: number;
      /** The broker that answered. */
      readonly address: string;
    }
  | {
      /** Surely not stored, now or later. */
      readonly kind: 'fail';
      readonly definite: true;
      readonly reason: string;
      /** The last response code, if there was a response. */
      readonly code?: number;
      readonly address?: string;
    }
  | {
      /** May be stored, now or later. */
      readonly kind: 'unknown';
      readonly reason: string;
      readonly code?: number;
      readonly address?: string;
    };

/**
 * 'ok': acknowledged. 'unknown': may be stored. 'refused': surely not stored, and asking again will not help.
 * 'elsewhere': surely not stored; this broker does not serve it at present, it or another one soon may.
 */
export type SendVerdict = 'ok' | 'unknown' | 'refused' | 'elsewhere';

const verdicts: ReadonlyMap<number, SendVerdict> = new Map<number, SendVerdict>([
  [ResponseCode.SUCCESS, 'ok'],
  // Stored on the master, but not as safely as asked: it may not last.
  [ResponseCode.FLUSH_DISK_TIMEOUT, 'unknown'],
  [ResponseCode.SLAVE_NOT_AVAILABLE, 'unknown'],
  [ResponseCode.FLUSH_SLAVE_TIMEOUT, 'unknown'],
  // In-sync replicas not enough, among others; a broker answers it before it stores.
  [ResponseCode.SYSTEM_ERROR, 'elsewhere'],
  [ResponseCode.SYSTEM_BUSY, 'elsewhere'],
  [ResponseCode.SERVICE_NOT_AVAILABLE, 'elsewhere'],
  [ResponseCode.TOPIC_NOT_EXIST, 'elsewhere'],
  [ResponseCode.NOT_LEADER_FOR_QUEUE, 'elsewhere'],
  [ResponseCode.GO_AWAY, 'elsewhere'],
  [ResponseCode.NO_BUYER_ID, 'elsewhere'],
  [ResponseCode.NOT_IN_CURRENT_UNIT, 'elsewhere'],
  [ResponseCode.REQUEST_CODE_NOT_SUPPORTED, 'refused'],
  [ResponseCode.MESSAGE_ILLEGAL, 'refused'],
  [ResponseCode.VERSION_NOT_SUPPORTED, 'refused'],
  [ResponseCode.NO_PERMISSION, 'refused'],
  [ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, 'refused'],
  [ResponseCode.INVALID_PARAMETER, 'refused'],
  [ResponseCode.ILLEGAL_OPERATION, 'refused'],
]);

/** A code that is not in the table proves nothing. */
export function sendVerdict(code: number): SendVerdict {
  return verdicts.get(code) ?? 'unknown';
}

export function responseReason(code: number, remark: string | null): string {
  return remark === null || remark === '' ? responseCodeName(code) : `${responseCodeName(code)}: ${remark}`;
}
