/** A controller for the tests of this folder: linearizable by construction (one object), reached over a link that loses and delays. */
import type { Runtime } from '../../runtime/runtime.ts';

export interface GroupView {
  readonly masterBrokerId: number | undefined;
  readonly masterEpoch: number;
  readonly syncStateSet: ReadonlySet<number>;
  readonly syncStateSetEpoch: number;
}

export type AlterAnswer =
  | {
      readonly kind: 'adopted';
      readonly syncStateSet: ReadonlySet<number>;
      readonly syncStateSetEpoch: number;
    }
  | { readonly kind: 'rejected'; readonly code: number };

type LinkState = 'open' | 'drop' | 'hold';

interface Broker {
  incarnation: string;
  isSuspect: boolean;
  heardMs: number;
}

const aliveMs = 500;

export class FakeController {
  view: GroupView = {
    masterBrokerId: undefined,
    masterEpoch: 0,
    syncStateSet: new Set(),
    syncStateSetEpoch: 0,
  };
  readonly #runtime: Runtime;
  readonly #brokers = new Map<number, Broker>();
  readonly #links = new Map<number, { request: LinkState; answer: LinkState; held: (() => void)[] }>();
  onElected: (view: GroupView) => void = () => undefined;
  /** All elections so far: what a late push may carry. */
  readonly elections: GroupView[] = [];

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const watch = (): void => {
      const master = this.view.masterBrokerId;
      if (master !== undefined && !this.isAlive(master)) this.elect();
      this.#runtime.clock.after(50, watch);
    };
    watch();
  }

  /** Sets the state of the link of a broker; heal delivers what was held. */
  link(brokerId: number, request: LinkState, answer: LinkState): void {
    const link = this.#linkOf(brokerId);
    link.request = request;
    link.answer = answer;
    if (request !== 'open' || answer !== 'open') return;
    const held = link.held;
    link.held = [];
    for (const deliver of held) this.#later(deliver);
  }

  /** Resolves with the answer, or with undefined when none came in time: then it may still be done later. */
  call<T>(from: Runtime, brokerId: number, timeoutMs: number, work: () => T): Promise<T | undefined> {
    return new Promise((resolve) => {
      from.clock.after(timeoutMs, () => resolve(undefined));
      this.#send(brokerId, 'request', () => {
        const result = work();
        this.#send(brokerId, 'answer', () => from.clock.after(0, () => resolve(result)));
      });
    });
  }

  isAlive(brokerId: number): boolean {
    const broker = this.#brokers.get(brokerId);
    return broker !== undefined && this.#runtime.clock.monotonicMs() - broker.heardMs < aliveMs;
  }

  heartbeat(brokerId: number, incarnation: string): void {
    const broker = this.#brokers.get(brokerId);
    if (broker?.incarnation === incarnation) broker.heardMs = this.#runtime.clock.monotonicMs();
  }

  register(brokerId: number, incarnation: string, isSuspect: boolean): GroupView {
    const known = this.#brokers.get(brokerId);
    if (known?.incarnation === incarnation) return this.view;
    this.#brokers.set(brokerId, { incarnation, isSuspect, heardMs: this.#runtime.clock.monotonicMs() });
    if (this.view.masterEpoch === 0) {
      this.#setMaster(brokerId);
    } else if (this.view.masterBrokerId === brokerId) {
      this.elect();
    } else if (isSuspect && this.view.syncStateSet.has(brokerId)) {
      const syncStateSet = new Set([...this.view.syncStateSet].filter((member) => member !== brokerId));
      this.view = { ...this.view, syncStateSet, syncStateSetEpoch: this.view.syncStateSetEpoch + 1 };
    }
    return this.view;
  }

  /** Any member is good enough: a random one is taken. */
  elect(): void {
    const candidates = [...this.view.syncStateSet].filter(
      (brokerId) => this.isAlive(brokerId) && this.#brokers.get(brokerId)?.isSuspect === false,
    );
    const chosen = candidates[this.#runtime.random.below(Math.max(1, candidates.length))];
    if (chosen !== undefined) this.#setMaster(chosen);
  }

  alter(
    brokerId: number,
    masterEpoch: number,
    base: number,
    next: ReadonlySet<number>,
    incarnations: ReadonlyMap<number, string>,
  ): AlterAnswer {
    const { view } = this;
    if (view.masterBrokerId !== brokerId) return { kind: 'rejected', code: 2002 };
    if (view.masterEpoch !== masterEpoch) return { kind: 'rejected', code: 2000 };
    if (view.syncStateSetEpoch !== base) return { kind: 'rejected', code: 2001 };
    if (!next.has(brokerId)) return { kind: 'rejected', code: 2013 };
    const isSame =
      next.size === view.syncStateSet.size && [...next].every((member) => view.syncStateSet.has(member));
    if (isSame) return { kind: 'rejected', code: 2013 };
    for (const member of next) {
      if (this.#brokers.get(member)?.incarnation !== incarnations.get(member))
        return { kind: 'rejected', code: 2003 };
      if (!this.isAlive(member)) return { kind: 'rejected', code: 2006 };
    }
    for (const member of next) {
      const broker = this.#brokers.get(member);
      if (broker !== undefined) broker.isSuspect = false;
    }
    this.view = { ...view, syncStateSet: new Set(next), syncStateSetEpoch: base + 1 };
    return { kind: 'adopted', syncStateSet: this.view.syncStateSet, syncStateSetEpoch: base + 1 };
  }

  #setMaster(brokerId: number): void {
    this.view = {
      masterBrokerId: brokerId,
      masterEpoch: this.view.masterEpoch + 1,
      syncStateSet: new Set([brokerId]),
      syncStateSetEpoch: this.view.syncStateSetEpoch + 1,
    };
    this.elections.push(this.view);
    this.onElected(this.view);
  }

  #linkOf(brokerId: number): { request: LinkState; answer: LinkState; held: (() => void)[] } {
    let link = this.#links.get(brokerId);
    if (link === undefined) {
      link = { request: 'open', answer: 'open', held: [] };
      this.#links.set(brokerId, link);
    }
    return link;
  }

  #send(brokerId: number, way: 'request' | 'answer', deliver: () => void): void {
    const link = this.#linkOf(brokerId);
    if (link[way] === 'drop') return;
    if (link[way] === 'hold') link.held.push(deliver);
    else this.#later(deliver);
  }

  #later(deliver: () => void): void {
    this.#runtime.clock.after(this.#runtime.random.below(2000) / 1000, deliver);
  }
}
