/** What the answer to a proposed SyncStateSet (1001) means. */
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { ControllerUnavailableError } from './controller-client.ts';
import { readSyncStateSet } from './replica-group-view.ts';

export type ProposalOutcome =
  | {
      readonly kind: 'adopted';
      readonly syncStateSet: ReadonlySet<number>;
      readonly syncStateSetEpoch: number;
    }
  | { readonly kind: 'rejected'; readonly code: number }
  | { readonly kind: 'unknown' };

/** Refusals that were decided: the proposal was not adopted by this request. */
const refusals: ReadonlySet<number> = new Set([
  ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH,
  ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH,
  ResponseCode.CONTROLLER_INVALID_MASTER,
  ResponseCode.CONTROLLER_INVALID_REPLICAS,
  ResponseCode.CONTROLLER_BROKER_NOT_ALIVE,
  ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED,
  ResponseCode.CONTROLLER_INVALID_REQUEST,
]);

/** Never rejects. */
export async function proposalOutcome(answer: Promise<RemotingCommand>): Promise<ProposalOutcome> {
  try {
    return readAnswer(await answer);
  } catch (error) {
    const isSurelyNotDone = error instanceof ControllerUnavailableError && !error.sent;
    return isSurelyNotDone
      ? { kind: 'rejected', code: ResponseCode.CONTROLLER_NOT_LEADER }
      : { kind: 'unknown' };
  }
}

function readAnswer(response: RemotingCommand): ProposalOutcome {
  if (refusals.has(response.code)) return { kind: 'rejected', code: response.code };
  const { syncStateSet, syncStateSetEpoch } = readSyncStateSet(response.body);
  if (
    response.code === ResponseCode.SUCCESS &&
    syncStateSet !== undefined &&
    syncStateSetEpoch !== undefined
  ) {
    return { kind: 'adopted', syncStateSet, syncStateSetEpoch };
  }
  // An error of the controller's own: the entry may be in its log, and be committed later (HOLES.md B01).
  return { kind: 'unknown' };
}
