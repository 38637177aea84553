/** Tells the members of a broker set who is master and who is in sync (1008), over the connections of their heartbeats. */
import { notifyBrokerRoleChangedRequestHeader } from '../remoting/header/notify-broker-role-changed.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { type BrokerSet, epochOwner } from './broker-set.ts';
import { incarnationField, jsonBody } from './controller-response.ts';
import type { Heartbeat, HeartbeatTable } from './heartbeat-table.ts';
import { syncStateSetJson } from './sync-state-set-json.ts';

/** A member that does not take it in is told again, not more often than this. */
const remindIntervalMs = 500;

export class RoleNotifier {
  readonly #table: HeartbeatTable;
  /** When whom of which broker set was reminded last. */
  readonly #remindedMs = new Map<string, Map<number, number>>();

  constructor(table: HeartbeatTable) {
    this.#table = table;
  }

  notifyAll(brokerSet: BrokerSet): void {
    for (const brokerId of brokerSet.replicas.keys()) this.#notify(brokerSet, brokerId);
  }

  /** A heartbeat that shows an older role than the one agreed on. */
  remind(brokerSet: BrokerSet, heartbeat: Heartbeat, nowMs: number): void {
    if (!isBehind(brokerSet, heartbeat)) return;
    const reminded = this.#remindedMs.get(brokerSet.brokerName) ?? new Map<number, number>();
    if (nowMs - (reminded.get(heartbeat.brokerId) ?? Number.NEGATIVE_INFINITY) < remindIntervalMs) return;
    this.#remindedMs.set(brokerSet.brokerName, reminded.set(heartbeat.brokerId, nowMs));
    this.#notify(brokerSet, heartbeat.brokerId);
  }

  #notify(brokerSet: BrokerSet, brokerId: number): void {
    const owner = epochOwner(brokerSet);
    const replica = brokerSet.replicas.get(brokerId);
    if (owner === undefined || replica === undefined) return;
    const life = this.#table.alive(brokerSet.brokerName, brokerId, replica.incarnation);
    life?.channel.oneway({
      code: RequestCode.NOTIFY_BROKER_ROLE_CHANGED,
      extFields: {
        ...notifyBrokerRoleChangedRequestHeader.encode({
          masterAddress: owner.brokerAddress,
          masterBrokerId: owner.brokerId,
          masterEpoch: brokerSet.masterEpoch,
          masterHaAddress: owner.haAddress,
          syncStateSetEpoch: brokerSet.syncStateSetEpoch,
          brokerName: brokerSet.brokerName,
        }),
        ...incarnationField(brokerSet),
      },
      body: jsonBody(syncStateSetJson(brokerSet)),
    });
  }
}

function isBehind(brokerSet: BrokerSet, heartbeat: Heartbeat): boolean {
  // RocketMQ's brokers tell the last epoch of their log only; while nothing is written in the new one they are reminded for nothing.
  const roleEpoch = heartbeat.roleEpoch ?? heartbeat.epoch;
  if (roleEpoch !== brokerSet.masterEpoch) return roleEpoch < brokerSet.masterEpoch;
  return (heartbeat.syncStateSetEpoch ?? brokerSet.syncStateSetEpoch) < brokerSet.syncStateSetEpoch;
}
