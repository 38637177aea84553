/** Whether and whom to elect on a request (1002), or when the controller found a master dead: pure. */
import { ResponseCode } from '../remoting/response-code.ts';
import { type BrokerSet, isBeforeFirstElection } from './broker-set.ts';
import type { ElectMasterCommand, Liveness } from './controller-command.ts';
import { accept, type Decision, refuse } from './decision.ts';
import { electDesignated, electFirst, electSuccessor, masterStands } from './elect-policy.ts';

/** The requester id of elections that the controller starts. */
export const electedByController = -1;

export function decideElectMaster(brokerSet: BrokerSet | undefined, command: ElectMasterCommand): Decision {
  const { brokerName, brokerId } = command;
  if (brokerSet === undefined) {
    return refuse(
      ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED,
      `no broker set named ${brokerName}; register first`,
    );
  }
  const isByController = brokerId === electedByController;
  const requester = brokerSet.replicas.get(brokerId);
  if (!isByController && requester === undefined) {
    return refuse(
      ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED,
      `${brokerName}: broker ${brokerId} is not registered`,
    );
  }
  if (command.incarnation !== null && requester?.incarnation !== command.incarnation) {
    return refuse(
      ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED,
      `${brokerName}: broker ${brokerId} is registered in life "${requester?.incarnation}", not "${command.incarnation}"`,
    );
  }
  const isDesignated = command.isDesignated && !isByController;
  if (masterStands(brokerSet, command.liveness)) {
    if (!isDesignated || brokerId === brokerSet.masterBrokerId) {
      return refuse(
        ResponseCode.CONTROLLER_MASTER_STILL_EXIST,
        `${brokerName}: broker ${brokerSet.masterBrokerId} is the master`,
      );
    }
  } else if (isByController && command.liveness.masterDownEpoch !== brokerSet.masterEpoch) {
    // The owner of another epoch than the present one was found dead: whoever ends the present one elects by itself.
    return refuse(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED, `${brokerName}: the election is out of date`);
  }
  const winner = elect(brokerSet, command, isDesignated);
  if (winner !== undefined) {
    return accept({ type: 3, event: 'elect-master', brokerName, newMasterBrokerId: winner });
  }
  // The epoch stays: one without an owner would only fence the owner of the last one (HOLES.md B43).
  const members = [...brokerSet.syncStateSet].join(',');
  return isByController
    ? refuse(
        ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE,
        `${brokerName}: the master is gone and none of {${members}} can be elected`,
      )
    : refuse(
        ResponseCode.CONTROLLER_ELECT_MASTER_FAILED,
        isDesignated
          ? `${brokerName}: broker ${brokerId} cannot be elected now; it must be alive and one of {${members}}`
          : `${brokerName}: none of {${members}} can be elected now`,
      );
}

function elect(brokerSet: BrokerSet, command: ElectMasterCommand, isDesignated: boolean): number | undefined {
  const liveness = withRequester(brokerSet, command);
  if (isDesignated) {
    return isBeforeFirstElection(brokerSet)
      ? command.brokerId
      : electDesignated(brokerSet, liveness, command.brokerId);
  }
  if (isBeforeFirstElection(brokerSet)) {
    return command.brokerId === electedByController
      ? undefined
      : electFirst(brokerSet, liveness, command.brokerId);
  }
  return electSuccessor(brokerSet, liveness);
}

/** A broker that asks for an election is alive, even when its first heartbeat is still on its way. */
function withRequester(brokerSet: BrokerSet, command: ElectMasterCommand): Liveness {
  const { liveness, brokerId, incarnation } = command;
  const replica = brokerSet.replicas.get(brokerId);
  if (incarnation === null || replica === undefined) return liveness;
  if (liveness.alive.some((alive) => alive.brokerId === brokerId && alive.incarnation === incarnation)) {
    return liveness;
  }
  const requester = {
    brokerId,
    incarnation,
    epoch: 0,
    maxOffset: 0,
    electionPriority: 2 ** 31 - 1,
    isSuspect: replica.isSuspect,
  };
  return { ...liveness, alive: [...liveness.alive, requester] };
}
