/** The leader's duty: wherever a broker set has no living master and somebody can be elected, an election is under way. */
import type { Runtime } from '../runtime/runtime.ts';
import { type BrokerSet, isBeforeFirstElection } from './broker-set.ts';
import type { ControllerCommand, Liveness } from './controller-command.ts';
import { electedByController } from './elect-master.ts';
import { electSuccessor, masterStands } from './elect-policy.ts';

export interface ElectionWatchOptions {
  readonly livenessOf: (brokerSet: BrokerSet) => Liveness;
  /** Must not reject. */
  readonly propose: (command: ControllerCommand) => Promise<void>;
}

export class ElectionWatch {
  readonly #runtime: Runtime;
  readonly #options: ElectionWatchOptions;
  /** Epochs whose end is proposed and not decided. */
  readonly #underWay = new Map<string, number>();
  /** Epochs of broker sets of which nobody can be elected: said once. */
  readonly #stuck = new Map<string, number>();

  constructor(runtime: Runtime, options: ElectionWatchOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  /** Call it whenever a life began or ended, the state changed, and from time to time: no event is the only one (HOLES.md B32). */
  check(brokerSet: BrokerSet, cause: 'a life ended' | 'a look'): void {
    if (cause === 'a look' && this.#runtime.seededBugs.has('elect-once')) return;
    const { brokerName, clusterName, masterEpoch } = brokerSet;
    if (isBeforeFirstElection(brokerSet) || this.#underWay.get(brokerName) === masterEpoch) return;
    const liveness = this.#options.livenessOf(brokerSet);
    if (masterStands(brokerSet, liveness)) {
      this.#stuck.delete(brokerName);
      return;
    }
    if (electSuccessor(brokerSet, liveness) === undefined) {
      this.#reportStuck(brokerSet, liveness);
      return;
    }
    this.#stuck.delete(brokerName);
    this.#underWay.set(brokerName, masterEpoch);
    const ended = (): void => {
      if (this.#underWay.get(brokerName) === masterEpoch) this.#underWay.delete(brokerName);
    };
    void this.#options
      .propose({
        kind: 'elect-master',
        clusterName,
        brokerName,
        brokerId: electedByController,
        isDesignated: false,
        incarnation: null,
        liveness,
        invokeTime: this.#runtime.clock.wallMs(),
      })
      .then(ended, ended);
  }

  #reportStuck(brokerSet: BrokerSet, liveness: Liveness): void {
    const { brokerName, masterEpoch, syncStateSet, replicas } = brokerSet;
    if (this.#stuck.get(brokerName) === masterEpoch) return;
    this.#stuck.set(brokerName, masterEpoch);
    const members = [...syncStateSet].map((id) => {
      const isAlive = liveness.alive.some((alive) => alive.brokerId === id);
      return `${id} (${isAlive ? 'alive' : 'not heard'}${replicas.get(id)?.isSuspect ? ', suspect' : ''})`;
    });
    this.#runtime.trace.log(
      'warn',
      `${brokerName} has no master and nobody to elect of its SyncStateSet ${members.join(', ')}; waiting for a member, or for electMaster`,
    );
  }
}
