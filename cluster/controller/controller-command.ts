/**
 * An entry of the controllers' replicated log: the request with every input of its decision. The decision itself is made when the entry
 * is applied, on the state of that moment, alike on every controller (HOLES.md B32).
 *
 * Body = UTF-8 JSON {"v":1,"kind":...,...}.
 */
import { Buffer } from 'node:buffer';

/** A replica that the leader held for alive when it wrote the entry. */
export interface AliveReplica {
  readonly brokerId: number;
  /** The life that is alive; another one is not. */
  readonly incarnation: string;
  /** The last epoch in the replica's log, 0 when it is not known. */
  readonly epoch: number;
  readonly maxOffset: number;
  /** Smaller wins. */
  readonly electionPriority: number;
  readonly isSuspect: boolean;
}

/** What the leader knew of a broker set's lives. */
export interface Liveness {
  readonly alive: readonly AliveReplica[];
  /** The masterEpoch whose owner the leader holds for dead. Says nothing about the owner of any other epoch. */
  readonly masterDownEpoch: number | null;
  /** `enableElectUncleanMaster` as the leader has it. */
  readonly isUncleanElectionEnabled: boolean;
  /** Seeded bug compare-offsets-modulo: in the entry, so that every controller decides alike. */
  readonly offsetModulus?: number;
}

interface Inputs {
  readonly brokerName: string;
  readonly liveness: Liveness;
  /** The requester's wall clock, for people. */
  readonly invokeTime: number;
}

export interface AlterSyncStateSetCommand extends Inputs {
  readonly kind: 'alter-sync-state-set';
  readonly masterBrokerId: number;
  readonly masterEpoch: number;
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
  /** The lives that the master speaks of: [brokerId, incarnation]; a member without one stands for "". */
  readonly incarnations: readonly (readonly [number, string])[];
}

export interface ElectMasterCommand extends Inputs {
  readonly kind: 'elect-master';
  readonly clusterName: string;
  /** -1: the controller itself found the master dead. */
  readonly brokerId: number;
  /** An operator wants this broker and no other. */
  readonly isDesignated: boolean;
  /** The requester's life, when the requester is that broker and says so: it is alive, having asked. */
  readonly incarnation: string | null;
}

export interface RegisterBrokerCommand extends Inputs {
  readonly kind: 'register-broker';
  readonly clusterName: string;
  readonly brokerAddress: string;
  readonly haAddress: string;
  /** The registrant, alive since it asks. Its epoch and maxOffset may be unknown (0). */
  readonly registrant: AliveReplica;
}

export interface ApplyBrokerIdCommand {
  readonly kind: 'apply-broker-id';
  readonly clusterName: string;
  readonly brokerName: string;
  readonly appliedBrokerId: number;
  readonly registerCheckCode: string;
}

export interface CleanBrokerDataCommand extends Inputs {
  readonly kind: 'clean-broker-data';
  readonly clusterName: string;
  /** Null: the whole broker set. */
  readonly brokerIdsToClean: readonly number[] | null;
  readonly isCleanLivingBroker: boolean;
}

export type ControllerCommand =
  | AlterSyncStateSetCommand
  | ElectMasterCommand
  | RegisterBrokerCommand
  | ApplyBrokerIdCommand
  | CleanBrokerDataCommand;

const version = 1;

export function encodeCommand(command: ControllerCommand): Uint8Array {
  return Buffer.from(JSON.stringify({ v: version, ...command }), 'utf8');
}

/** Our own bytes: what cannot be read means a log of another version, and the controller must not guess. */
export class ControllerLogError extends Error {
  override readonly name = 'ControllerLogError';
}

export function decodeCommand(body: Uint8Array): ControllerCommand {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  let entry: { readonly v?: unknown } & ControllerCommand;
  try {
    entry = JSON.parse(text);
  } catch (error) {
    throw new ControllerLogError(
      `controller log: wanted a JSON entry, got ${JSON.stringify(text.slice(0, 80))}`,
      {
        cause: error,
      },
    );
  }
  if (entry?.v !== version) {
    throw new ControllerLogError(
      `controller log: wanted an entry of version ${version}, got ${JSON.stringify(text.slice(0, 80))}; ` +
        'start this controller with the release that wrote it',
    );
  }
  const { v: _version, ...command } = entry;
  return command as ControllerCommand;
}
