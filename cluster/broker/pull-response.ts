/** Which response code a pull gets, from what the store found. */
import { ResponseCode } from '../remoting/response-code.ts';
import type { GetStatus } from '../store/get-messages.ts';

export function pullResponseCode(status: GetStatus, requestedOffset: number): number {
  switch (status) {
    case 'FOUND':
      return ResponseCode.SUCCESS;
    case 'NO_MATCHED_MESSAGE':
    case 'MESSAGE_WAS_REMOVING':
      return ResponseCode.PULL_RETRY_IMMEDIATELY;
    case 'NO_MESSAGE_IN_QUEUE':
    case 'NO_MATCHED_LOGIC_QUEUE':
      return requestedOffset === 0 ? ResponseCode.PULL_NOT_FOUND : ResponseCode.PULL_OFFSET_MOVED;
    case 'OFFSET_OVERFLOW_ONE':
      return ResponseCode.PULL_NOT_FOUND;
    case 'OFFSET_OVERFLOW_BADLY':
    case 'OFFSET_TOO_SMALL':
      return ResponseCode.PULL_OFFSET_MOVED;
  }
}

/** Says something about where the queue ends or begins: true only for a master that nobody has replaced. */
export function isClaimAboutQueueEnd(responseCode: number): boolean {
  return responseCode === ResponseCode.PULL_NOT_FOUND || responseCode === ResponseCode.PULL_OFFSET_MOVED;
}
