/** Requests as commands without their liveness: headers and bodies read, nothing decided. */
import { Buffer } from 'node:buffer';
import { type FastjsonObject, type FastjsonValue, parseFastjson } from '../remoting/fastjson.ts';
import { brokerHeartbeatRequestHeader } from '../remoting/header/broker-heartbeat.ts';
import { cleanBrokerDataRequestHeader } from '../remoting/header/clean-broker-data.ts';
import {
  alterSyncStateSetRequestHeader,
  decodeIncarnations,
} from '../remoting/header/controller-alter-sync-state-set.ts';
import { applyBrokerIdRequestHeader } from '../remoting/header/controller-apply-broker-id.ts';
import { electMasterRequestHeader } from '../remoting/header/controller-elect-master.ts';
import { registerBrokerToControllerRequestHeader } from '../remoting/header/controller-register-broker.ts';
import { type ExtFields, fieldText, parseLong } from '../remoting/header-codec.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type {
  AlterSyncStateSetCommand,
  ApplyBrokerIdCommand,
  CleanBrokerDataCommand,
  ElectMasterCommand,
  RegisterBrokerCommand,
} from './controller-command.ts';
import { heartbeatTimeoutMsDefault } from './controller-config.ts';
import { ControllerError } from './controller-error.ts';
import type { Heartbeat } from './heartbeat-table.ts';

export type Undecided<C> = Omit<C, 'liveness'>;

/** RocketMQ's brokerElectionPriority of a broker that has none. */
const lowestPriority = 2 ** 31 - 1;

export function readAlterSyncStateSet({
  extFields,
  body,
}: RemotingCommand): Undecided<AlterSyncStateSetCommand> {
  const header = alterSyncStateSetRequestHeader.decode(extFields);
  const { syncStateSet, syncStateSetEpoch } = bodyObject(body);
  if (
    !Array.isArray(syncStateSet) ||
    !syncStateSet.every(isSafeInteger) ||
    !isSafeInteger(syncStateSetEpoch)
  ) {
    throw new ControllerError(
      ResponseCode.CONTROLLER_INVALID_REQUEST,
      'wanted a body {"syncStateSet":[ids],"syncStateSetEpoch":n}',
    );
  }
  return {
    kind: 'alter-sync-state-set',
    brokerName: header.brokerName,
    masterBrokerId: header.masterBrokerId,
    masterEpoch: header.masterEpoch,
    syncStateSet,
    syncStateSetEpoch,
    incarnations: [...decodeIncarnations(header.incarnations ?? '')],
    invokeTime: header.invokeTime,
  };
}

export function readElectMaster({ extFields }: RemotingCommand): Undecided<ElectMasterCommand> {
  const header = electMasterRequestHeader.decode(extFields);
  return {
    kind: 'elect-master',
    clusterName: header.clusterName,
    brokerName: header.brokerName,
    brokerId: header.brokerId,
    isDesignated: header.designateElect,
    incarnation: fieldText(extFields, 'incarnation') ?? null,
    invokeTime: header.invokeTime,
  };
}

export function readRegisterBroker({ extFields }: RemotingCommand): Undecided<RegisterBrokerCommand> {
  const header = registerBrokerToControllerRequestHeader.decode(extFields);
  const incarnation = header.incarnation ?? '';
  if (/[:;\s]/.test(incarnation)) {
    throw new ControllerError(
      ResponseCode.CONTROLLER_INVALID_REQUEST,
      `incarnation: wanted no blank, ':' or ';', got ${JSON.stringify(incarnation)}`,
    );
  }
  return {
    kind: 'register-broker',
    clusterName: header.clusterName,
    brokerName: header.brokerName,
    brokerAddress: header.brokerAddress,
    haAddress: header.haAddress ?? '',
    registrant: {
      brokerId: header.brokerId,
      incarnation,
      epoch: longField(extFields, 'epoch') ?? 0,
      maxOffset: longField(extFields, 'maxOffset') ?? 0,
      electionPriority: longField(extFields, 'electionPriority') ?? lowestPriority,
      isSuspect: header.suspect,
    },
    invokeTime: header.invokeTime,
  };
}

export function readApplyBrokerId({ extFields }: RemotingCommand): ApplyBrokerIdCommand {
  const header = applyBrokerIdRequestHeader.decode(extFields);
  return {
    kind: 'apply-broker-id',
    clusterName: header.clusterName,
    brokerName: header.brokerName,
    appliedBrokerId: header.appliedBrokerId,
    registerCheckCode: header.registerCheckCode,
  };
}

export function readCleanBrokerData({ extFields }: RemotingCommand): Undecided<CleanBrokerDataCommand> {
  const header = cleanBrokerDataRequestHeader.decode(extFields);
  const text = header.brokerControllerIdsToClean ?? '';
  const ids = text
    .split(';')
    .filter((id) => id.trim() !== '')
    .map((id) => parseLong(id.trim()));
  if (!ids.every(isSafeInteger)) {
    throw new ControllerError(
      ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA,
      `brokerControllerIdsToClean: wanted ids divided by ';', got ${JSON.stringify(text)}`,
    );
  }
  return {
    kind: 'clean-broker-data',
    clusterName: header.clusterName ?? '',
    brokerName: header.brokerName,
    brokerIdsToClean: ids.length === 0 ? null : ids,
    isCleanLivingBroker: header.isCleanLivingBroker,
    invokeTime: header.invokeTime,
  };
}

/** Undefined without a brokerId: a heartbeat of a broker outside controller mode. */
export function readHeartbeat({ extFields }: RemotingCommand): Heartbeat | undefined {
  const header = brokerHeartbeatRequestHeader.decode(extFields);
  if (header.brokerId === undefined) return undefined;
  const timeoutMs = header.heartbeatTimeoutMills ?? 0;
  return {
    clusterName: header.clusterName,
    brokerName: header.brokerName,
    brokerId: header.brokerId,
    brokerAddress: header.brokerAddr,
    incarnation: header.incarnation ?? '',
    epoch: header.epoch ?? 0,
    maxOffset: header.maxOffset ?? 0,
    confirmOffset: header.confirmOffset ?? 0,
    electionPriority: header.electionPriority ?? lowestPriority,
    isSuspect: header.suspect,
    timeoutMs: timeoutMs > 0 ? timeoutMs : heartbeatTimeoutMsDefault,
    roleEpoch: longField(extFields, 'roleEpoch'),
    syncStateSetEpoch: longField(extFields, 'syncStateSetEpoch'),
  };
}

/** A body ["name",...]; undefined for no body. */
export function readBrokerNames({ body }: RemotingCommand): readonly string[] {
  const names = body === null ? [] : parseFastjson(textOf(body));
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw new ControllerError(
      ResponseCode.CONTROLLER_INVALID_REQUEST,
      'wanted a body ["brokerName",...], got something else',
    );
  }
  return names;
}

export function textOf(body: Uint8Array | null): string {
  return body === null ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

function bodyObject(body: Uint8Array | null): Partial<FastjsonObject> {
  const value: FastjsonValue = body === null ? null : parseFastjson(textOf(body));
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function longField(extFields: ExtFields | null, name: string): number | undefined {
  const text = fieldText(extFields, name);
  return text === undefined ? undefined : parseLong(text);
}
