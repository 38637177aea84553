/** The controllers' replicated state machine: every broker set, and the decision on one log entry after the other. No clock, no luck. */
import { decideAlterSyncStateSet } from './alter-sync-state-set.ts';
import { decideApplyBrokerId } from './apply-broker-id.ts';
import type { BrokerSet } from './broker-set.ts';
import { decideCleanBrokerData } from './clean-broker-data.ts';
import type { ControllerCommand } from './controller-command.ts';
import { applyEvent, type EpochFloor } from './controller-event.ts';
import type { Decision } from './decision.ts';
import { decideElectMaster } from './elect-master.ts';
import { decideRegisterBroker } from './register-broker.ts';

/** The decision, and the broker set before and after its events. */
export interface ControllerResult extends Decision {
  readonly brokerName: string;
  readonly before: BrokerSet | undefined;
  readonly after: BrokerSet | undefined;
}

export class ReplicasInfo {
  readonly #brokerSets = new Map<string, BrokerSet>();
  /** Of broker sets that were cleaned away. */
  readonly #floors = new Map<string, EpochFloor>();

  constructor(brokerSets: Iterable<BrokerSet> = []) {
    for (const brokerSet of brokerSets) this.#brokerSets.set(brokerSet.brokerName, brokerSet);
  }

  brokerSet(brokerName: string): BrokerSet | undefined {
    return this.#brokerSets.get(brokerName);
  }

  brokerSets(): Iterable<BrokerSet> {
    return this.#brokerSets.values();
  }

  /** Decides and changes the state in one step. Entries must come in log order, each once. */
  apply(command: ControllerCommand): ControllerResult {
    const result = this.decide(command);
    const { brokerName, before, after } = result;
    if (after !== undefined) {
      this.#brokerSets.set(brokerName, after);
    } else if (before !== undefined) {
      this.#brokerSets.delete(brokerName);
      const { masterEpoch, syncStateSetEpoch } = before;
      this.#floors.set(brokerName, { masterEpoch, syncStateSetEpoch });
    }
    return result;
  }

  /** What `apply` would do now. */
  decide(command: ControllerCommand): ControllerResult {
    const { brokerName } = command;
    const before = this.#brokerSets.get(brokerName);
    const decision = decide(before, command);
    let after = before;
    for (const event of decision.events) after = applyEvent(after, event, this.#floors.get(brokerName));
    return { ...decision, brokerName, before, after };
  }
}

/** The answer to one entry on one state. */
function decide(brokerSet: BrokerSet | undefined, command: ControllerCommand): Decision {
  switch (command.kind) {
    case 'alter-sync-state-set':
      return decideAlterSyncStateSet(brokerSet, command);
    case 'elect-master':
      return decideElectMaster(brokerSet, command);
    case 'register-broker':
      return decideRegisterBroker(brokerSet, command);
    case 'apply-broker-id':
      return decideApplyBrokerId(brokerSet, command);
    case 'clean-broker-data':
      return decideCleanBrokerData(brokerSet, command);
  }
}
