/** Test double: controllers that do what an operator asks, and remember it. */
import type { NodeState } from './nemesis.ts';
import type { BrokerMember, ControllerChange, ControllerMember, Membership, Operator } from './operator.ts';

export class TestOperator implements Operator {
  readonly #states: ReadonlyMap<string, NodeState>;
  readonly #done: string[];
  #brokers: readonly BrokerMember[];
  #controllers: readonly ControllerMember[];
  #master = 'n2';
  #masterEpoch = 3;
  #lastBrokerId: number;
  /** Of brokers whose disk is empty: the next start gives them an id. */
  readonly #blank = new Set<string>();
  #wipes = 0;

  constructor(states: ReadonlyMap<string, NodeState>, done: string[]) {
    this.#states = states;
    this.#done = done;
    const names = [...states.keys()];
    this.#brokers = names
      .filter((name) => name.startsWith('n'))
      .map((node, at) => ({ brokerId: at + 1, node, isInSync: true }));
    this.#controllers = names
      .filter((name) => name.startsWith('c'))
      .map((node) => ({ id: node, node, votes: true }));
    this.#lastBrokerId = this.#brokers.length;
  }

  wiped(node: string): string {
    this.#wipes += 1;
    if (node.startsWith('c')) return `${node}.${this.#wipes}`;
    this.#blank.add(node);
    return '';
  }

  started(node: string): void {
    if (!this.#blank.delete(node)) return;
    this.#lastBrokerId += 1;
    this.#brokers = [...this.#brokers, { brokerId: this.#lastBrokerId, node, isInSync: true }];
  }

  membership(): Promise<Membership> {
    return Promise.resolve({
      brokers: this.#brokers,
      controllers: this.#controllers,
      master: this.#master,
      masterEpoch: this.#masterEpoch,
    });
  }

  electMaster(node: string): Promise<void> {
    this.#done.push(`elect ${node}`);
    this.#master = node;
    this.#masterEpoch += 1;
    return Promise.resolve();
  }

  forgetBroker(brokerId: number): Promise<void> {
    this.#done.push(`forget ${brokerId}`);
    this.#brokers = this.#brokers.filter((broker) => broker.brokerId !== brokerId);
    return Promise.resolve();
  }

  changeController(change: ControllerChange, member: Pick<ControllerMember, 'id' | 'node'>): Promise<void> {
    this.#done.push(`${change} ${member.id}`);
    const { id, node } = member;
    const others = this.#controllers.filter((one) => one.id !== id);
    const isUp = this.#states.get(node) === 'running';
    if (change === 'promote' && !isUp) return Promise.reject(new Error(`${id} has not caught up`));
    this.#controllers = change === 'remove' ? others : [...others, { id, node, votes: change === 'promote' }];
    return Promise.resolve();
  }
}
