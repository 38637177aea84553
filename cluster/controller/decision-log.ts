/** Takes commands to the controllers' replicated log and brings their decisions back. */
import { NotLeaderError } from '../dledger/dledger-errors.ts';
import type { DLedgerServer } from '../dledger/dledger-server.ts';
import { type ControllerCommand, encodeCommand } from './controller-command.ts';
import type { ControllerResult, ReplicasInfo } from './replicas-info.ts';

/** Brokers give a request up after about as long. */
const decisionTimeoutMs = 3000;

export class DecisionLog {
  readonly #dledger: DLedgerServer;
  readonly #replicasInfo: ReplicasInfo;
  readonly #selfId: string;
  /** Commands in the log or on their way into it, by broker name. */
  readonly #undecided = new Map<string, number>();

  constructor(dledger: DLedgerServer, replicasInfo: ReplicasInfo, selfId: string) {
    this.#dledger = dledger;
    this.#replicasInfo = replicasInfo;
    this.#selfId = selfId;
  }

  /**
   * Resolves with the decision, once it is the group's. Commands of one broker set that change something are decided in the order of the calls.
   * Rejects as DLedgerServer.propose does.
   */
  async decide(command: ControllerCommand): Promise<ControllerResult> {
    // Elected is not enough: the lives in the command were looked up by what is applied here.
    if (!this.#dledger.isLeader()) throw this.#notLeader();
    const { brokerName } = command;
    if (this.#changesNothing(command)) {
      // The log has no room for what says nothing new: brokers ask again and again while nobody can be elected.
      await this.readBarrier();
      if (this.#changesNothing(command)) return this.#replicasInfo.decide(command);
    }
    this.#count(brokerName, 1);
    try {
      const decision = this.#dledger.propose(encodeCommand(command), decisionTimeoutMs);
      return (await decision) as ControllerResult;
    } finally {
      this.#count(brokerName, -1);
    }
  }

  /** When it resolves the state here is at least as new as what any controller answered before the call. */
  readBarrier(): Promise<void> {
    return this.#dledger.readBarrier(decisionTimeoutMs);
  }

  #changesNothing(command: ControllerCommand): boolean {
    if (this.#undecided.has(command.brokerName)) return false;
    return this.#replicasInfo.decide(command).events.length === 0;
  }

  #count(brokerName: string, change: 1 | -1): void {
    const count = (this.#undecided.get(brokerName) ?? 0) + change;
    if (count === 0) this.#undecided.delete(brokerName);
    else this.#undecided.set(brokerName, count);
  }

  #notLeader(): NotLeaderError {
    const leaderId = this.#dledger.leaderId();
    return new NotLeaderError(this.#selfId, leaderId === this.#selfId ? undefined : leaderId);
  }
}
