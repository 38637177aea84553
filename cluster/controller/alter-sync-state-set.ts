/** Whether a master may change its SyncStateSet: pure. Checks of RocketMQ's ReplicasInfoManager, and the lives of the members. */
import { ResponseCode } from '../remoting/response-code.ts';
import { type BrokerSet, epochOwner } from './broker-set.ts';
import type { AlterSyncStateSetCommand } from './controller-command.ts';
import { accept, type Decision, refuse } from './decision.ts';

export function decideAlterSyncStateSet(
  brokerSet: BrokerSet | undefined,
  command: AlterSyncStateSetCommand,
): Decision {
  const { brokerName } = command;
  if (brokerSet === undefined) {
    return refuse(
      ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED,
      `no broker set named ${brokerName}; register first`,
    );
  }
  const owner = epochOwner(brokerSet);
  // Nobody to compare with is a refusal like any other, not an error (HOLES.md B13).
  if (owner === undefined || owner.brokerId !== command.masterBrokerId) {
    return refuse(
      ResponseCode.CONTROLLER_INVALID_MASTER,
      `${brokerName}: broker ${command.masterBrokerId} is not the master; ` +
        `${owner === undefined ? 'there is none' : `broker ${owner.brokerId} is`}`,
    );
  }
  if (command.masterEpoch !== brokerSet.masterEpoch) {
    return refuse(
      ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH,
      `${brokerName}: master epoch ${command.masterEpoch}, but the controller is at ${brokerSet.masterEpoch}`,
    );
  }
  return decideOnSet(brokerSet, command);
}

function decideOnSet(brokerSet: BrokerSet, command: AlterSyncStateSetCommand): Decision {
  const { brokerName } = command;
  const wanted = new Set(command.syncStateSet);
  const fail = (text: string): Decision =>
    refuse(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, `${brokerName}: ${text}`);
  if (isSameSet(wanted, brokerSet.syncStateSet)) {
    // A repeat of the proposal that was adopted: its sender never heard so. Refusing would let it forget a member that can be elected.
    if (command.syncStateSetEpoch === brokerSet.syncStateSetEpoch - 1) return accept();
    return fail(`the SyncStateSet is {${command.syncStateSet.join(',')}} already`);
  }
  if (command.syncStateSetEpoch !== brokerSet.syncStateSetEpoch) {
    return refuse(
      ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH,
      `${brokerName}: SyncStateSet epoch ${command.syncStateSetEpoch}, but the controller is at ${brokerSet.syncStateSetEpoch}`,
    );
  }
  const incarnations = new Map(command.incarnations);
  for (const id of wanted) {
    const replica = brokerSet.replicas.get(id);
    if (replica === undefined) {
      return refuse(ResponseCode.CONTROLLER_INVALID_REPLICAS, `${brokerName}: ${id} is no replica`);
    }
    // The master saw an earlier or later life of it: its acknowledgements say nothing about the one that is registered.
    const claimed = incarnations.get(id) ?? '';
    if (claimed !== replica.incarnation) {
      return refuse(
        ResponseCode.CONTROLLER_INVALID_REPLICAS,
        `${brokerName}: broker ${id} is registered in life "${replica.incarnation}", not "${claimed}"`,
      );
    }
    if (!brokerSet.syncStateSet.has(id) && !isAlive(command, id, claimed)) {
      return refuse(
        ResponseCode.CONTROLLER_BROKER_NOT_ALIVE,
        `${brokerName}: broker ${id} sends no heartbeats`,
      );
    }
  }
  if (!wanted.has(command.masterBrokerId)) return fail('the master cannot leave its SyncStateSet');
  return accept({
    type: 1,
    event: 'alter-sync-state-set',
    brokerName,
    newSyncStateSet: [...wanted].sort((a, b) => a - b),
    clearedSuspects: [...wanted].filter(
      (id) => id !== command.masterBrokerId && brokerSet.replicas.get(id)?.isSuspect === true,
    ),
  });
}

/** Only who joins must be alive: a shrink must not wait for another member that died meanwhile (HOLES.md B11). */
function isAlive(command: AlterSyncStateSetCommand, brokerId: number, incarnation: string): boolean {
  return command.liveness.alive.some(
    (alive) => alive.brokerId === brokerId && alive.incarnation === incarnation,
  );
}

function isSameSet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}
