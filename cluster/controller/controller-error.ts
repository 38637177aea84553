/** A request that the controller answers with a code of its own, and every other error as a response. */
import { ChangeRefusedError, NotLeaderError, ProposalRefusedError } from '../dledger/dledger-errors.ts';
import type { Response } from '../remoting/channel.ts';
import { FastjsonError } from '../remoting/fastjson.ts';
import { HeaderError } from '../remoting/header-error.ts';
import { ResponseCode } from '../remoting/response-code.ts';

export class ControllerError extends Error {
  override readonly name = 'ControllerError';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Codes from 2000 on are definite: nothing was changed. SYSTEM_ERROR is not: a proposal may be committed later. A response of a controller
 * that does not lead names the leader in controllerLeaderId and controllerLeaderAddress (ours), when it knows one.
 */
export function errorResponse(error: unknown, peers: ReadonlyMap<string, string>): Response {
  const remark = error instanceof Error ? error.message : String(error);
  if (error instanceof NotLeaderError) {
    const { leaderId } = error;
    const address = leaderId === undefined ? undefined : peers.get(leaderId);
    const text = 'The controller is not in leader state';
    if (leaderId === undefined || address === undefined) {
      return { code: ResponseCode.CONTROLLER_NOT_LEADER, remark: `${text}, and it knows of no leader` };
    }
    return {
      code: ResponseCode.CONTROLLER_NOT_LEADER,
      remark: `${text}; the leader is ${leaderId} at ${address}`,
      extFields: { controllerLeaderId: leaderId, controllerLeaderAddress: address },
    };
  }
  return { code: codeOf(error), remark };
}

function codeOf(error: unknown): number {
  if (error instanceof ControllerError) return error.code;
  if (error instanceof HeaderError || error instanceof FastjsonError)
    return ResponseCode.CONTROLLER_INVALID_REQUEST;
  if (error instanceof ChangeRefusedError) {
    const isForNow = ['too-early', 'change-under-way', 'not-caught-up'].includes(error.reason);
    return isForNow ? ResponseCode.SYSTEM_BUSY : ResponseCode.CONTROLLER_INVALID_REQUEST;
  }
  if (error instanceof ProposalRefusedError) {
    return error.reason === 'too-many-pending'
      ? ResponseCode.SYSTEM_BUSY
      : ResponseCode.CONTROLLER_INVALID_REQUEST;
  }
  return ResponseCode.SYSTEM_ERROR;
}
