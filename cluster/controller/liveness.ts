/** What a controller's heartbeat table says of one broker set: the inputs of a decision. Pure. */
import { type BrokerSet, epochOwner } from './broker-set.ts';
import type { AliveReplica, Liveness } from './controller-command.ts';
import type { HeartbeatTable } from './heartbeat-table.ts';

export function livenessOf(
  brokerSet: BrokerSet,
  table: HeartbeatTable,
  nowMs: number,
  isUncleanElectionEnabled: boolean,
): Liveness {
  const alive: AliveReplica[] = [];
  for (const { brokerId, incarnation } of brokerSet.replicas.values()) {
    const life = table.alive(brokerSet.brokerName, brokerId, incarnation);
    if (life === undefined) continue;
    const { epoch, maxOffset, electionPriority, isSuspect } = life.heartbeat;
    alive.push({ brokerId, incarnation, epoch, maxOffset, electionPriority, isSuspect });
  }
  const masterDownEpoch = isMasterDown(brokerSet, table, nowMs) ? brokerSet.masterEpoch : null;
  return { alive, masterDownEpoch, isUncleanElectionEnabled };
}

/** The life that owns the present epoch is over or dead. Of slaves nobody asks: their master sees to them (HOLES.md B39). */
function isMasterDown(brokerSet: BrokerSet, table: HeartbeatTable, nowMs: number): boolean {
  const owner = epochOwner(brokerSet);
  return owner === undefined || table.isDead(brokerSet.brokerName, owner.brokerId, owner.incarnation, nowMs);
}
