/**
 * Which response code a send gets. Before the append only codes that say "surely not stored" (definite); after it only success or codes that
 * say "stored here, may or may not last" (10, 12: indefinite).
 */
import { ResponseCode } from '../remoting/response-code.ts';
import type { AppendRefused } from '../store/append-result.ts';

export const refusalCodes: Readonly<Record<AppendRefused['reason'], number>> = {
  'not-available': ResponseCode.SERVICE_NOT_AVAILABLE,
  'message-illegal': ResponseCode.MESSAGE_ILLEGAL,
  'properties-too-long': ResponseCode.MESSAGE_ILLEGAL,
  'disk-full': ResponseCode.SERVICE_NOT_AVAILABLE,
  failed: ResponseCode.SERVICE_NOT_AVAILABLE,
};

export type ConfirmOutcome = 'ok' | 'timeout' | 'not-enough-replicas' | 'role-changed';

export interface PutAnswer {
  readonly code: number;
  readonly remark?: string;
}

const answers: Readonly<Record<ConfirmOutcome, PutAnswer>> = {
  ok: { code: ResponseCode.SUCCESS },
  timeout: {
    code: ResponseCode.FLUSH_SLAVE_TIMEOUT,
    remark: 'the replicas in sync did not confirm the message in time; it may or may not last',
  },
  'not-enough-replicas': {
    code: ResponseCode.FLUSH_SLAVE_TIMEOUT,
    remark: 'in-sync replicas not enough to confirm the message; it may or may not last',
  },
  'role-changed': {
    code: ResponseCode.FLUSH_SLAVE_TIMEOUT,
    remark: 'this broker stopped being the master before the message was confirmed; it may or may not last',
  },
};

const flushTimeout: PutAnswer = {
  code: ResponseCode.FLUSH_DISK_TIMEOUT,
  remark: 'the message was not written to disk in time; it may or may not last',
};

/** `isDurableHere`: the master's own disk has the message, so it is the replicas that are late. */
export function putAnswer(outcome: ConfirmOutcome, isDurableHere: boolean): PutAnswer {
  return outcome === 'timeout' && !isDurableHere ? flushTimeout : answers[outcome];
}
