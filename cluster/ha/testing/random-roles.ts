/** A group of three under random elections, cuts, kills and pauses: the guarantees of ARCHITECTURE.md, checked as it runs. */
import { Buffer } from 'node:buffer';
import type { Runtime } from '../../runtime/runtime.ts';

import { FakeController } from './fake-controller.ts';
import { HaNode } from './ha-node.ts';
import type { TestStores, Written } from './test-store.ts';
import type { TestWorld } from './test-world.ts';

const brokerIds = [1, 2, 3] as const;

/** What went against a guarantee. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export interface RunOptions {
  /** Made with the seed and with seededBugs. */
  readonly world: TestWorld;
  readonly stores: TestStores;
  readonly minInSyncReplicas: number;
  readonly durationMs: number;
}

export class RandomRoles {
  readonly world: TestWorld;
  readonly controller: FakeController;
  readonly nodes = new Map<number, HaNode>();
  readonly #options: RunOptions;
  readonly #acknowledged = new Map<number, string>();
  readonly #acknowledgedAt = new Map<number, string>();
  #acknowledgedEnd = 0;
  #confirmed = Buffer.alloc(0);
  #lives = 0;
  #written = 0;
  #isCalm = false;
  tails = 0;
  #violation: Violation | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.world = options.world;
    this.controller = new FakeController(this.world.host('c1').start());
    this.controller.onElected = (view) => {
      for (const node of this.nodes.values()) {
        // Some pushes are lost; polls make up for them. Some are very late.
        const { elections } = this.controller;
        const pushed = [view, view, elections[this.world.random.below(elections.length)]][
          this.world.random.below(4)
        ];
        if (pushed !== undefined) {
          node.runtime.clock.after(this.world.random.below(20), () => void node.applyView(pushed));
        }
      }
    };
    for (const brokerId of brokerIds) {
      this.world.host(`n${brokerId}`);
    }
  }

  async run(): Promise<void> {
    for (const brokerId of brokerIds) this.#start(brokerId);
    await this.world.runFor(500);
    const endMs = this.world.now() + this.#options.durationMs;
    while (this.world.now() < endMs) {
      this.#fault();
      await this.world.runFor(this.world.random.below(500));
      this.#throwViolation();
    }
    await this.#heal();
    for (const node of this.nodes.values()) await this.#judge(node);
  }

  /** Kept, too: it may be thrown in a place where an error ends a connection and nothing else. */
  #violated(message: string): never {
    this.#violation ??= new Violation(message);
    throw this.#violation;
  }

  #throwViolation(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  #start(brokerId: number): void {
    const runtime = this.world.host(`n${brokerId}`).start();
    this.#lives += 1;
    void this.#open(runtime, brokerId, `life ${this.#lives}`);
  }

  async #open(runtime: Runtime, brokerId: number, incarnation: string): Promise<void> {
    const store = await this.#options.stores.open(runtime, brokerId);
    const node = new HaNode(runtime, store, this.controller, {
      brokerId,
      incarnation,
      minInSyncReplicas: this.#options.minInSyncReplicas,
      haTransferBatchSize: 300,
    });
    this.nodes.set(brokerId, node);
    this.#watchConfirm(node);
    await node.start();
    const old = this.controller.elections[this.world.random.below(this.controller.elections.length + 1)];
    if (old !== undefined) runtime.clock.after(this.world.random.below(200), () => void node.applyView(old));
    const work = (): void => {
      this.#write(node);
      this.#readTail(node);
      runtime.clock.after(1 + this.world.random.below(8), work);
    };
    work();
  }

  #write(node: HaNode): void {
    for (let count = this.world.random.below(4); count > 0; count -= 1) {
      if (!node.ha.admission().ok) return;
      this.#written += 1;
      const payload = `${node.brokerId}:${node.ha.roleEpoch()}:${this.#written}:${'x'.repeat(this.world.random.below(40))}`;
      const written = node.append(payload);
      if (written === undefined) return;
      node.ha.waitForConfirm(written.endOffset, node.runtime.clock.monotonicMs() + 1000, (outcome) => {
        if (outcome === 'ok') this.#acknowledge(written, payload);
      });
    }
  }

  #acknowledge({ offset, endOffset, queueOffset }: Written, payload: string): void {
    const before = this.#acknowledged.get(offset);
    if (before !== undefined)
      this.#violated(`offset ${offset} acknowledged for ${before} and for ${payload}`);
    this.#acknowledged.set(offset, payload);
    this.#acknowledgedEnd = Math.max(this.#acknowledgedEnd, endOffset);
    if (queueOffset < 0) return;
    const first = this.#acknowledgedAt.get(queueOffset);
    if (first !== undefined)
      this.#violated(`queue offset ${queueOffset} acknowledged for ${first} and for ${payload}`);
    this.#acknowledgedAt.set(queueOffset, payload);
  }

  #readTail(node: HaNode): void {
    if (node.ha.role() !== 'master' || this.world.random.below(3) > 0) return;
    const epoch = node.ha.roleEpoch();
    const known = this.#acknowledgedEnd;
    if (!node.ha.tailReadable()) return;
    node.ha.readRound(500, (ok) => {
      if (!ok || node.ha.role() !== 'master' || node.ha.roleEpoch() !== epoch || !node.ha.tailReadable())
        return;
      this.tails += 1;
      const tail = node.store.confirmOffset();
      if (tail < known)
        this.#violated(`broker ${node.brokerId} says the tail is ${tail}; ${known} was acknowledged`);
    });
  }

  /** Whoever confirms: the same bytes, for ever. */
  #watchConfirm(node: HaNode): void {
    let from = Math.min(node.store.confirmOffset(), this.#confirmed.length);
    let isReading = false;
    const look = (): void => {
      const to = node.store.confirmOffset();
      if (isReading || from >= to) return;
      const bytes = node.store.readRaw(from, 1024 * 1024, to);
      if (!(bytes instanceof Promise)) {
        from = this.#compareConfirmed(node, from, bytes);
        if (bytes.length > 0) look();
        return;
      }
      isReading = true;
      void bytes.then((read) => {
        isReading = false;
        from = this.#compareConfirmed(node, from, read);
        if (read.length > 0) look();
      });
    };
    node.store.onConfirm(look);
    look();
  }

  #compareConfirmed(node: HaNode, from: number, bytes: Uint8Array): number {
    const known = this.#confirmed.subarray(from, from + bytes.length);
    if (!known.equals(bytes.subarray(0, known.length))) {
      this.#violated(
        `broker ${node.brokerId} confirms other bytes from ${from} on than were confirmed before`,
      );
    }
    this.#confirmed = Buffer.concat([this.#confirmed, bytes.subarray(known.length)]);
    return from + bytes.length;
  }

  #fault(): void {
    const { random } = this.world;
    const brokerId = brokerIds[random.below(3)] ?? 1;
    const other = brokerIds[random.below(3)] ?? 1;
    const host = this.world.host(`n${brokerId}`);
    const flavours = ['drop', 'hold', 'reset'] as const;
    const states = ['open', 'drop', 'hold'] as const;
    switch (random.below(12)) {
      case 0:
      case 1:
        if (host.running) this.#kill(brokerId);
        else this.#start(brokerId);
        return;
      case 2:
        if (host.running && !host.paused) host.pause();
        else host.resume();
        return;
      case 3:
      case 4:
        if (brokerId === other) return;
        this.world.cut(`n${brokerId}`, `n${other}`, flavours[random.below(3)] ?? 'drop');
        return;
      case 5:
        this.world.heal();
        return;
      case 6:
        this.controller.link(brokerId, states[random.below(3)] ?? 'open', states[random.below(3)] ?? 'open');
        return;
      case 7:
        for (const id of brokerIds) this.controller.link(id, 'open', 'open');
        return;
      case 8:
        this.controller.elect();
        return;
      case 9:
      case 10:
        this.#isolate(brokerId, flavours[random.below(3)] ?? 'drop');
        return;
      default:
        for (const id of brokerIds) {
          this.world.host(`n${id}`).resume();
          if (!this.world.host(`n${id}`).running) this.#start(id);
        }
    }
  }

  /** Alone on its side: cut off from the others and from the controller, but not from its clients. */
  #isolate(brokerId: number, flavour: 'drop' | 'hold' | 'reset'): void {
    for (const other of brokerIds) {
      if (other === brokerId) continue;
      this.world.cut(`n${brokerId}`, `n${other}`, flavour);
      this.world.cut(`n${other}`, `n${brokerId}`, flavour);
    }
    const state = flavour === 'hold' ? 'hold' : 'drop';
    this.controller.link(brokerId, state, state);
  }

  #kill(brokerId: number): void {
    this.world.host(`n${brokerId}`).kill({ powerCut: this.world.random.below(2) === 0 });
    this.#options.stores.crashed(brokerId, (bound) => this.world.random.below(bound));
    this.nodes.delete(brokerId);
  }

  async #heal(): Promise<void> {
    this.world.heal();
    for (const brokerId of brokerIds) {
      this.controller.link(brokerId, 'open', 'open');
      const host = this.world.host(`n${brokerId}`);
      if (!host.running) this.#start(brokerId);
      host.resume();
    }
    await this.#until(() => this.controller.view.syncStateSet.size === 3);
    const before = this.#acknowledged.size;
    await this.#until(() => this.#acknowledged.size > before + 20);
    this.#isCalm = true;
    await this.#until(() => this.#isEqual());
  }

  async #until(done: () => boolean): Promise<void> {
    await this.world.run(() => this.#violation !== undefined || done(), 20_000);
    this.#throwViolation();
  }

  #isEqual(): boolean {
    if (!this.#isCalm || this.nodes.size < 3) return false;
    return [...this.nodes.values()].every((node) => node.store.confirmOffset() >= this.#acknowledgedEnd);
  }

  async #judge(node: HaNode): Promise<void> {
    for (const [offset, payload] of this.#acknowledged) {
      const found = await this.#settle(node.payloadAt(offset));
      if (found !== payload)
        this.#violated(`broker ${node.brokerId} has ${found} at ${offset}, not ${payload}`);
    }
    const epochs = this.nodes.get(this.controller.view.masterBrokerId ?? 0)?.ha.epochs() ?? [];
    for (const { epoch, startOffset } of node.ha.epochs()) {
      const isMasters = epochs.some((known) => known.epoch === epoch && known.startOffset === startOffset);
      if (!isMasters)
        this.#violated(`broker ${node.brokerId} has epoch ${epoch}@${startOffset}, its master not`);
    }
  }

  async #settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await this.world.run(() => isSettled, 10_000);
    return promise;
  }
}
