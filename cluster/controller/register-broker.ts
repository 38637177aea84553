/** A broker starts or comes back (1003): pure. A new life of the recorded master ends its epoch, in the same decision. */
import { ResponseCode } from '../remoting/response-code.ts';
import { type BrokerSet, isBeforeFirstElection, type Replica } from './broker-set.ts';
import type { Liveness, RegisterBrokerCommand } from './controller-command.ts';
import { applyEvent, type ControllerEvent } from './controller-event.ts';
import { accept, type Decision, refuse } from './decision.ts';
import { electSuccessor, masterStands } from './elect-policy.ts';

export function decideRegisterBroker(
  brokerSet: BrokerSet | undefined,
  command: RegisterBrokerCommand,
): Decision {
  const { brokerName, registrant } = command;
  const replica = brokerSet?.replicas.get(registrant.brokerId);
  if (brokerSet === undefined || replica === undefined) {
    return refuse(
      ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED,
      `${brokerName}: broker ${registrant.brokerId} has not applied for its id`,
    );
  }
  if (replica.pastIncarnations.includes(registrant.incarnation)) {
    // Bytes of a dead process, held back on the way. Taking them would end the epoch of the life that is running.
    return refuse(
      ResponseCode.CONTROLLER_INVALID_REQUEST,
      `${brokerName}: life "${registrant.incarnation}" of broker ${registrant.brokerId} is over; register under a new one`,
    );
  }
  const events: ControllerEvent[] = [];
  let after = brokerSet;
  const happen = (event: ControllerEvent): void => {
    events.push(event);
    after = applyEvent(after, event) ?? after;
  };
  for (const event of recordEvents(replica, command)) happen(event);
  const narrowed = withoutSuspect(after, registrant.brokerId);
  if (narrowed !== undefined) happen(narrowed);
  if (!isBeforeFirstElection(after) && !masterStands(after, command.liveness)) {
    const winner = electSuccessor(after, withRegistrant(command));
    if (winner !== undefined) {
      happen({ type: 3, event: 'elect-master', brokerName, newMasterBrokerId: winner });
    }
  }
  return accept(...events);
}

/** What the record of the replica takes over from the request. */
function recordEvents(replica: Replica, command: RegisterBrokerCommand): readonly ControllerEvent[] {
  const { brokerName, brokerAddress, registrant } = command;
  const { brokerId, incarnation } = registrant;
  const events: ControllerEvent[] = [];
  const haAddress = command.haAddress === '' ? replica.haAddress : command.haAddress;
  if (brokerAddress !== replica.brokerAddress || haAddress !== replica.haAddress) {
    events.push({ type: 6, event: 'update-broker-address', brokerName, brokerId, brokerAddress, haAddress });
  }
  if (incarnation !== replica.incarnation) {
    events.push({ type: 7, event: 'start-incarnation', brokerName, brokerId, incarnation });
  }
  // Suspicion outlives the life it began in: only a master that resynchronised the replica ends it.
  if (registrant.isSuspect && !replica.isSuspect) {
    events.push({ type: 8, event: 'suspect', brokerName, brokerId });
  }
  return events;
}

/**
 * A suspect member leaves the SyncStateSet, so that its master takes it in again once it caught up. The last trusted
 * member takes nobody's place: where it turns suspect as well, the set stays, and an operator decides.
 */
function withoutSuspect(brokerSet: BrokerSet, brokerId: number): ControllerEvent | undefined {
  if (brokerSet.replicas.get(brokerId)?.isSuspect !== true) return undefined;
  if (!brokerSet.syncStateSet.has(brokerId) || brokerSet.masterBrokerId === brokerId) return undefined;
  const others = [...brokerSet.syncStateSet].filter((id) => id !== brokerId);
  if (!others.some((id) => brokerSet.replicas.get(id)?.isSuspect === false)) return undefined;
  return {
    type: 1,
    event: 'alter-sync-state-set',
    brokerName: brokerSet.brokerName,
    newSyncStateSet: others,
    clearedSuspects: [],
  };
}

function withRegistrant(command: RegisterBrokerCommand): Liveness {
  const { liveness, registrant } = command;
  const known = liveness.alive.find(
    (alive) => alive.brokerId === registrant.brokerId && alive.incarnation === registrant.incarnation,
  );
  const others = liveness.alive.filter((alive) => alive.brokerId !== registrant.brokerId);
  return { ...liveness, alive: [...others, known ?? registrant] };
}
