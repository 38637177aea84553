/** Drives the controllers' state machine in tests, by what brokers and their leader would send. */
import assert from 'node:assert/strict';
import type { BrokerSet } from '../broker-set.ts';
import {
  type AliveReplica,
  type ControllerCommand,
  decodeCommand,
  encodeCommand,
  type Liveness,
} from '../controller-command.ts';
import { type ControllerResult, ReplicasInfo } from '../replicas-info.ts';

export const brokerName = 'broker-a';
export const clusterName = 'c';
export const invokeTime = 0;

/** A replica in its life "<id><generation>", alive and with a log. */
export function alive(brokerId: number, change: Partial<AliveReplica> = {}): AliveReplica {
  return {
    brokerId,
    incarnation: `${brokerId}a`,
    epoch: 1,
    maxOffset: 100,
    electionPriority: 2 ** 31 - 1,
    isSuspect: false,
    ...change,
  };
}

/** Drives the state machine by what brokers and the leader would send. */
export class ReplicasScript {
  readonly info = new ReplicasInfo();
  /** What was applied, in order. */
  readonly commands: ControllerCommand[] = [];
  #alive: readonly AliveReplica[] = [];

  get set(): BrokerSet {
    const brokerSet = this.info.brokerSet(brokerName);
    assert(brokerSet !== undefined, 'the broker set is there');
    return brokerSet;
  }

  /** The leader hears these lives and no others. */
  hears(...lives: readonly AliveReplica[]): this {
    this.#alive = lives;
    return this;
  }

  liveness(change: Partial<Liveness> = {}): Liveness {
    return { alive: this.#alive, masterDownEpoch: null, isUncleanElectionEnabled: false, ...change };
  }

  apply(command: ControllerCommand): ControllerResult {
    // Through the log's bytes: what cannot be written down does not count.
    this.commands.push(decodeCommand(encodeCommand(command)));
    return this.info.apply(decodeCommand(encodeCommand(command)));
  }

  applyId(appliedBrokerId: number, registerCheckCode = `n${appliedBrokerId}:10911;x`): ControllerResult {
    return this.apply({
      kind: 'apply-broker-id',
      clusterName,
      brokerName,
      appliedBrokerId,
      registerCheckCode,
    });
  }

  register(
    registrant: AliveReplica,
    liveness: Partial<Liveness> = {},
    address = `n${registrant.brokerId}`,
  ): ControllerResult {
    return this.apply({
      kind: 'register-broker',
      ...{ clusterName, brokerName, brokerAddress: `${address}:10911`, haAddress: `${address}:10912` },
      ...{ registrant, liveness: this.liveness(liveness), invokeTime },
    });
  }

  elect(
    brokerId: number,
    options: { designated?: boolean; incarnation?: string; liveness?: Partial<Liveness> } = {},
  ): ControllerResult {
    return this.apply({
      kind: 'elect-master',
      ...{ clusterName, brokerName, brokerId, invokeTime },
      isDesignated: options.designated ?? false,
      incarnation: options.incarnation ?? null,
      liveness: this.liveness(options.liveness),
    });
  }

  /** The leader finds the master of the present epoch dead. */
  masterDies(liveness: Partial<Liveness> = {}): ControllerResult {
    return this.elect(-1, { liveness: { masterDownEpoch: this.set.masterEpoch, ...liveness } });
  }

  alter(
    syncStateSet: readonly number[],
    change: Partial<Extract<ControllerCommand, { kind: 'alter-sync-state-set' }>> = {},
  ): ControllerResult {
    const brokerSet = this.info.brokerSet(brokerName);
    return this.apply({
      kind: 'alter-sync-state-set',
      ...{ brokerName, syncStateSet, invokeTime },
      masterBrokerId: brokerSet?.masterBrokerId ?? 1,
      masterEpoch: brokerSet?.masterEpoch ?? 0,
      syncStateSetEpoch: brokerSet?.syncStateSetEpoch ?? 0,
      incarnations: syncStateSet.map((id) => [id, brokerSet?.replicas.get(id)?.incarnation ?? '']),
      liveness: this.liveness(),
      ...change,
    });
  }

  /** [master, masterEpoch, set, setEpoch] */
  get roles(): readonly unknown[] {
    const { masterBrokerId, masterEpoch, syncStateSet, syncStateSetEpoch } = this.set;
    return [masterBrokerId, masterEpoch, [...syncStateSet], syncStateSetEpoch];
  }
}

/** Brokers 1, 2 and 3 are registered and alive; 1 is master in epoch 1, the set is {1,2,3} at epoch 3. */
export function group(): ReplicasScript {
  const script = new ReplicasScript();
  for (const id of [1, 2, 3]) {
    script.applyId(id);
    script.register(alive(id));
  }
  script.hears(alive(1), alive(2), alive(3));
  script.elect(1);
  script.alter([1, 2]);
  script.alter([1, 2, 3]);
  assert.deepEqual(script.roles, [1, 1, [1, 2, 3], 3]);
  return script;
}
