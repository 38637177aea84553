/** One fault, from quiet to quiet, and what the senders saw of it. */
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { awaitCondition } from '../runner/await-condition.ts';
import type { ObservedRoles } from '../runner/observe-roles.ts';
import { type FailoverFault, inject } from './failover-faults.ts';
import { firstAfterMs, longestGapMs } from './gaps.ts';
import type { LinkedCluster } from './linked-cluster.ts';
import type { Acknowledgement } from './steady-senders.ts';

/** Before a fault, with nothing else going on. */
const quietMs = 1000;
/** A master that was replaced stays away so much longer. */
const stayMs = 1000;
/** Slaves and controllers stay away so long: longer than it takes to find out. */
const holdMs = 4000;
const limitMs = 30_000;
const askEveryMs = 10;

export interface Trial {
  readonly fault: string;
  readonly node: string;
  /** Of a master: from the fault to the first SEND_OK of its successor. Of others: the longest gap while the fault lasts. */
  readonly outageMs: number;
  /** The longest gap in the quiet time before: what the machine itself is good for. */
  readonly gapBeforeMs: number;
  /** The longest gap from the end of the fault until the node was back. */
  readonly gapAtReturnMs: number;
  /** From restart, resume or heal until the node was in the SyncStateSet. Undefined for controllers. */
  readonly backMs: number | undefined;
  readonly electedWithoutNeed: boolean;
}

export class FailoverTrials {
  readonly #linked: LinkedCluster;
  readonly #acknowledged: readonly Acknowledgement[];

  constructor(linked: LinkedCluster, acknowledged: readonly Acknowledgement[]) {
    this.#linked = linked;
    this.#acknowledged = acknowledged;
  }

  /** `turn`: which one is hit where there are several. */
  async run(fault: FailoverFault, turn: number): Promise<Trial> {
    const { cluster } = this.#linked;
    await this.#linked.settled();
    await pause(quietMs);
    const before = await this.#rolesWithLeader();
    const node = this.#targetOf(fault, before, turn);
    const faultMs = osClock.monotonicMs();
    const undo = await inject(cluster, fault.way, node);
    const isMaster = fault.target === 'master';
    if (isMaster) await this.#successor(faultMs, node);
    await pause(isMaster ? stayMs : holdMs);
    const undoMs = osClock.monotonicMs();
    await undo();
    const backMs = fault.target === 'controller leader' ? undefined : await this.#back(node, undoMs);
    await this.#linked.settled();
    const after = await this.#rolesWithLeader();
    const endMs = osClock.monotonicMs();
    const firstMs = firstAfterMs(this.#acknowledged, faultMs, node);
    return {
      fault: fault.name,
      node,
      outageMs: isMaster
        ? (firstMs ?? Number.NaN) - faultMs
        : longestGapMs(this.#acknowledged, faultMs, undoMs),
      gapBeforeMs: longestGapMs(this.#acknowledged, faultMs - quietMs, faultMs),
      gapAtReturnMs: longestGapMs(this.#acknowledged, undoMs, endMs),
      backMs,
      electedWithoutNeed: !isMaster && after.masterEpoch !== before.masterEpoch,
    };
  }

  #targetOf(fault: FailoverFault, roles: ObservedRoles, turn: number): string {
    const slaves = this.#linked.brokers.filter((name) => name !== roles.master);
    const target =
      fault.target === 'master'
        ? roles.master
        : fault.target === 'slave'
          ? slaves[turn % slaves.length]
          : roles.controllerLeader;
    if (target === undefined) throw new Error(`there is no ${fault.target}`);
    return target;
  }

  async #rolesWithLeader(): Promise<ObservedRoles> {
    let roles = await this.#linked.roles();
    await awaitCondition('roles', { clock: osClock, limitMs }, async () => {
      roles = await this.#linked.roles();
      if (roles.controllerLeader === undefined) return 'no controller leads';
      return roles.master === undefined ? 'no broker is master' : undefined;
    });
    return roles;
  }

  async #successor(faultMs: number, node: string): Promise<void> {
    await awaitCondition('SEND_OK of a successor', { clock: osClock, limitMs, pauseMs: askEveryMs }, () => {
      const recent = this.#acknowledged.slice(-100);
      return Promise.resolve(firstAfterMs(recent, faultMs, node) === undefined ? 'none yet' : undefined);
    });
  }

  /** It was taken out of the SyncStateSet, or it was not: then it is back at once. */
  async #back(node: string, undoMs: number): Promise<number> {
    await awaitCondition(`return of ${node}`, { clock: osClock, limitMs, pauseMs: askEveryMs }, async () => {
      const roles = await this.#linked.roles();
      return roles.master !== undefined && roles.syncStateSet.includes(node) ? undefined : 'not in sync yet';
    });
    return osClock.monotonicMs() - undoMs;
  }
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => {
    osClock.after(forMs, resolve);
  });
}
