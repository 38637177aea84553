/** Ids of brokers (1012, 1013): pure. An id belongs to who applied for it first; the same applicant may apply again. */
import { ResponseCode } from '../remoting/response-code.ts';
import type { BrokerSet } from './broker-set.ts';
import type { ApplyBrokerIdCommand } from './controller-command.ts';
import { accept, type Decision, refuse } from './decision.ts';

export function nextBrokerId(brokerSet: BrokerSet | undefined): number {
  return brokerSet?.nextBrokerId ?? 1;
}

export function decideApplyBrokerId(
  brokerSet: BrokerSet | undefined,
  command: ApplyBrokerIdCommand,
): Decision {
  const { clusterName, brokerName, appliedBrokerId, registerCheckCode } = command;
  const holder = brokerSet?.replicas.get(appliedBrokerId);
  if (holder !== undefined && holder.registerCheckCode === registerCheckCode) return accept();
  const isFree = holder === undefined && Number.isSafeInteger(appliedBrokerId) && appliedBrokerId >= 1;
  if (!isFree || (brokerSet === undefined && appliedBrokerId !== 1)) {
    return refuse(
      ResponseCode.CONTROLLER_BROKER_ID_INVALID,
      `${brokerName}: broker id ${appliedBrokerId} ${holder === undefined ? 'cannot be given' : 'is taken'}; ` +
        `apply for ${nextBrokerId(brokerSet)}`,
    );
  }
  return accept({
    type: 2,
    event: 'apply-broker-id',
    clusterName,
    brokerName,
    brokerAddress: registerCheckCode.split(';')[0] ?? '',
    registerCheckCode,
    newBrokerId: appliedBrokerId,
  });
}
