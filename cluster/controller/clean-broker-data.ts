/** An operator removes replicas from the controller's memory (1011): pure. */
import { ResponseCode } from '../remoting/response-code.ts';
import { type BrokerSet, epochOwner } from './broker-set.ts';
import type { CleanBrokerDataCommand } from './controller-command.ts';
import { accept, type Decision, refuse } from './decision.ts';
import { masterStands } from './elect-policy.ts';

export function decideCleanBrokerData(
  brokerSet: BrokerSet | undefined,
  command: CleanBrokerDataCommand,
): Decision {
  const { brokerName, brokerIdsToClean } = command;
  const fail = (text: string): Decision =>
    refuse(ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA, `${brokerName}: ${text}`);
  if (brokerSet === undefined) return fail('no such broker set');
  if (brokerIdsToClean === null) {
    if (!command.isCleanLivingBroker && epochOwner(brokerSet) !== undefined) {
      return fail('there is a master; name the broker ids to clean, or clean living brokers too');
    }
    return accept({ type: 5, event: 'clean-broker-data', brokerName, brokerIdSetToClean: undefined });
  }
  const ids = [...new Set(brokerIdsToClean)];
  for (const id of ids) {
    if (!brokerSet.replicas.has(id)) return fail(`${id} is no replica`);
    if (!command.isCleanLivingBroker && isAlive(brokerSet, command, id)) {
      return fail(`broker ${id} is still alive, clean up failure`);
    }
  }
  // Without a member nobody could be elected again, and what was acknowledged would have no holder on record.
  const isEmptied =
    brokerSet.syncStateSet.size > 0 && [...brokerSet.syncStateSet].every((id) => ids.includes(id));
  if (isEmptied && ids.length < brokerSet.replicas.size) {
    return fail(
      `${ids.join(',')} would leave nobody in the SyncStateSet; elect another master first (electMaster)`,
    );
  }
  return accept({ type: 5, event: 'clean-broker-data', brokerName, brokerIdSetToClean: ids });
}

function isAlive(brokerSet: BrokerSet, command: CleanBrokerDataCommand, brokerId: number): boolean {
  if (brokerId === brokerSet.masterBrokerId && masterStands(brokerSet, command.liveness)) return true;
  return command.liveness.alive.some((alive) => alive.brokerId === brokerId);
}
