/** A small world for servers: virtual time, a network and disks that misbehave on demand, all from one seed. */
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import { Scheduler } from './scheduler.ts';
import { SimHost } from './sim-host.ts';
import type { CutFlavour, LinkShape } from './sim-link.ts';
import { SimNetwork } from './sim-network.ts';
import { SimRandom } from './sim-random.ts';
import { type SimLogLine, SimTrace, type SimTraceEvent } from './sim-trace.ts';
import type { WorldWatch } from './world-watch.ts';

export interface SimWorldOptions {
  readonly seededBugs?: Iterable<SeededBug>;
  readonly watch?: WorldWatch | undefined;
}

/** The limit came before what `run` waited for. */
export class SimTimeLimitError extends Error {
  override readonly name = 'SimTimeLimitError';
}

const pendingLinesMax = 20;

export class SimWorld {
  readonly seed: number;
  /** For tests and nemeses: independent of what the nodes draw. */
  readonly random: SimRandom;
  readonly #scheduler: Scheduler;
  readonly #trace: SimTrace;
  readonly #network: SimNetwork;
  readonly #hosts = new Map<string, SimHost>();
  readonly #seededBugs: ReadonlySet<SeededBug>;
  readonly #nodeRandom: SimRandom;

  constructor(seed: number, options: SimWorldOptions = {}) {
    this.seed = seed;
    const random = SimRandom.fromSeed(seed);
    this.#scheduler = new Scheduler(random.fork('lots').uint32());
    this.#scheduler.watch = options.watch;
    this.#trace = new SimTrace(this.#scheduler);
    this.random = random.fork('world');
    this.#nodeRandom = random.fork('nodes');
    this.#network = new SimNetwork(this.#scheduler, random.fork('network'));
    this.#seededBugs = new Set(options.seededBugs);
  }

  get trace(): readonly SimTraceEvent[] {
    return this.#trace.events;
  }

  get log(): readonly SimLogLine[] {
    return this.#trace.lines;
  }

  /** Of all wall clocks that were ever set, in no order. */
  clockReadings(): readonly { readonly node: string; readonly time: number; readonly offsetMs: number }[] {
    return [...this.#hosts].flatMap(([node, { clock }]) =>
      clock.readings.map(({ atUs, offsetMs }) => ({ node, time: atUs / 1000, offsetMs })),
    );
  }

  /** Virtual milliseconds since the world began. */
  now(): number {
    return this.#scheduler.nowUs / 1000;
  }

  /** The machine of that name, made when it is asked for first; only machines made already can be dialled. */
  host(name: string): SimHost {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      host = new SimHost(name, this.#hosts.size + 1, {
        scheduler: this.#scheduler,
        network: this.#network,
        trace: this.#trace,
        random: this.#nodeRandom.fork(name),
        seededBugs: this.#seededBugs,
      });
      this.#hosts.set(name, host);
      this.#network.addHost(name);
    }
    return host;
  }

  /** Lets time go on until `until` holds, asked after each event; rejects when it does not hold within `limitMs`. */
  async run(until: () => boolean, limitMs: number): Promise<void> {
    const outcome = await this.#scheduler.advance(until, this.#limitUs(limitMs));
    if (outcome === 'limit' && !until()) throw new SimTimeLimitError(this.#describeLimit(limitMs));
  }

  /** Lets so much time go by. */
  async runFor(ms: number): Promise<void> {
    await this.#scheduler.advance(() => false, this.#limitUs(ms));
  }

  /** Lets time go on until the promise settles, and settles as it does. */
  async settle<T>(promise: Promise<T>, limitMs = 60_000): Promise<T> {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await this.run(() => isSettled, limitMs);
    return promise;
  }

  /** How many events happened so far: what a run costs. */
  get events(): number {
    return this.#scheduler.happened;
  }

  /** A fingerprint of all that happened so far: equal for equal seeds. */
  digest(): string {
    return this.#scheduler.digest.hex();
  }

  /** Cuts the bytes that `from` sends to `to`, whoever dialled; new connections between the two fail either way. */
  cut(from: string, to: string, flavour: CutFlavour): void {
    this.#network.cut(from, to, flavour);
  }

  /** Cuts both ways between every host of one group and every host of the other. */
  partition(group: readonly string[], others: readonly string[], flavour: CutFlavour): void {
    for (const one of group) {
      for (const other of others) {
        this.cut(one, other, flavour);
        this.cut(other, one, flavour);
      }
    }
  }

  /** Heals the directed cuts from `from` to `to`; a name left out means every host. */
  heal(from?: string, to?: string): void {
    this.#network.heal(from, to);
  }

  /** Makes the way from one host to another slow or narrow; `{}` makes it as it was. */
  shape(from: string, to: string, shape: LinkShape): void {
    this.#network.shape(from, to, shape);
  }

  /** A packet of so many bytes between two machines, past all connections: the milliseconds it took, undefined when it did not arrive in time. */
  ping(from: string, to: string, bytes: number, patienceMs: number): Promise<number | undefined> {
    return this.#network.ping(from, to, bytes, patienceMs);
  }

  #limitUs(ms: number): number {
    return this.#scheduler.nowUs + Math.round(ms * 1000);
  }

  #describeLimit(limitMs: number): string {
    return `seed ${this.seed}: what was waited for did not happen within ${limitMs} ms; at ${this.now()} ms\n  ${this.describe()}`;
  }

  /** Who is up, which links are cut, and what is still to happen. */
  describe(): string {
    const pending = this.#scheduler.pending();
    const counts = new Map<string, { count: number; firstUs: number }>();
    for (const event of pending) {
      const owner = [...this.#hosts.values()].find((host) => host.number === event.owner?.ownerId);
      const key = `${owner?.name ?? 'the network'}: ${event.kind}`;
      const entry = counts.get(key) ?? { count: 0, firstUs: event.timeUs };
      entry.count++;
      counts.set(key, entry);
    }
    const lines = [
      ...[...this.#hosts.values()].map((host) => host.describe()),
      ...this.#network.describe(),
      ...[...counts].map(
        ([key, { count, firstUs }]) => `${key}: ${count}, the first at ${firstUs / 1000} ms`,
      ),
    ];
    const more =
      lines.length > pendingLinesMax ? [`... and ${lines.length - pendingLinesMax} lines more`] : [];
    return [
      ...(pending.length === 0 ? ['nothing is left to happen'] : []),
      ...lines.slice(0, pendingLinesMax),
      ...more,
    ].join('\n  ');
  }
}
