/** One simulated machine: its disk and clock stay, its processes come and go. */
import assert from 'node:assert/strict';
import type { Disk } from '../../../cluster/runtime/disk.ts';
import type { Runtime } from '../../../cluster/runtime/runtime.ts';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import { HostDisk } from './host-disk.ts';
import type { Scheduler } from './scheduler.ts';
import { HostClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';
import type { EventOwner } from './sim-event.ts';
import type { UnsyncedWrites } from './sim-file.ts';
import { SimLife } from './sim-life.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimRandom } from './sim-random.ts';
import type { SimTrace } from './sim-trace.ts';

export interface HostSurroundings {
  readonly scheduler: Scheduler;
  readonly network: SimNetwork;
  readonly trace: SimTrace;
  readonly random: SimRandom;
  readonly seededBugs: ReadonlySet<SeededBug>;
}

export interface FatalError {
  /** Virtual milliseconds. */
  readonly time: number;
  /** 'fatal': the node said so; 'uncaught': its code threw out of an event. */
  readonly kind: 'fatal' | 'uncaught';
  readonly error: unknown;
}

/** What `run` rejects with when a node stopped itself. */
export class SimNodeFatalError extends Error {
  override readonly name = 'SimNodeFatalError';
  readonly node: string;
  constructor(node: string, error: unknown) {
    const what = error instanceof Error ? error.message : String(error);
    super(`${node} stopped itself: ${what}`, { cause: error });
    this.node = node;
  }
}

/** Owner ids of residents stand apart from those of nodes. */
const residentNumber = 512;

export class SimHost {
  readonly name: string;
  readonly disk = new HostDisk();
  readonly clock: HostClock;
  readonly fatalErrors: FatalError[] = [];
  readonly #surroundings: HostSurroundings;
  readonly number: number;
  #lives = 0;
  #probes = 0;
  #life: SimLife | undefined;
  #resident: SimLife | undefined;
  #allowsFatal: (error: unknown) => boolean = () => false;

  constructor(name: string, hostNumber: number, surroundings: HostSurroundings) {
    this.name = name;
    this.number = hostNumber;
    this.#surroundings = surroundings;
    const bootOffsetUs = surroundings.random.fork('boot').below(1e9);
    this.clock = new HostClock(surroundings.scheduler, hostNumber, bootOffsetUs);
  }

  get running(): boolean {
    return this.#life !== undefined;
  }

  /** Of the present life. */
  get runtime(): Runtime | undefined {
    return this.#life?.runtime;
  }

  get paused(): boolean {
    return this.#life?.paused === true;
  }

  /** How many lives were started. */
  get lives(): number {
    return this.#lives;
  }

  /** The disk as the harness uses it, whoever lives here or not: it takes its time and fails as it does for them. */
  ownDisk(): Disk {
    const { scheduler, random } = this.#surroundings;
    const owner: EventOwner = {
      ownerId: this.number,
      name: `${this.name}*`,
      alive: true,
      paused: false,
      defer: () => undefined,
      uncaught: (error) => scheduler.fail(error),
    };
    this.#probes++;
    return new SimDisk(scheduler, owner, this.disk, random.fork(`own disk ${this.#probes}`));
  }

  /** A new life. `seededBugs` in place of the world's. */
  start(options?: { readonly seededBugs?: ReadonlySet<SeededBug> }): Runtime {
    assert(this.#life === undefined, `${this.name} runs already: kill it before the next start`);
    this.#lives++;
    this.#surroundings.network.powerOn(this.name);
    const { random, seededBugs } = this.#surroundings;
    const life = new SimLife(this.number, this.name, {
      ...this.#surroundings,
      clock: this.clock,
      disk: this.disk,
      random: random.fork(`life ${this.#lives}`),
      seededBugs: options?.seededBugs ?? seededBugs,
      failed: (kind, error) => this.#failed(life, kind, error),
    });
    this.#life = life;
    this.#note('started');
    return life.runtime;
  }

  /**
   * A second process on the same machine, for the harness: it has the machine's names and links, lives for ever, and neither kills nor pauses
   * of the node touch it. Its clock is right, whatever the node's says, and it can be reached also when the machine has no power.
   */
  resident(): Runtime {
    const { scheduler, random } = this.#surroundings;
    const number = this.number + residentNumber;
    const bootOffsetUs = random.fork('resident boot').below(1e9);
    this.#resident ??= new SimLife(number, this.name, {
      ...this.#surroundings,
      clock: new HostClock(scheduler, number, bootOffsetUs),
      disk: this.disk,
      random: this.#surroundings.random.fork('resident'),
      isResident: true,
      failed: (_, error) => this.#surroundings.scheduler.fail(error),
    });
    return this.#resident.runtime;
  }

  /**
   * The process dies at once, and its kernel tells its peers. With `powerCut` the machine does, which nobody tells them, and of what was not
   * synced all is gone (`lost`), or each piece survives whole, in part or not at all.
   */
  kill(options?: { readonly powerCut?: boolean; readonly unsynced?: UnsyncedWrites }): void {
    const powerCut = options?.powerCut === true;
    const { random, scheduler, network } = this.#surroundings;
    if (this.running) this.#note(powerCut ? 'lost its power' : 'died');
    if (powerCut) network.powerOff(this.name);
    this.#life?.end(powerCut);
    this.#life = undefined;
    if (!powerCut) return;
    this.disk.losePower(random.fork(`power ${scheduler.nowUs}`), options?.unsynced);
  }

  /** SIGSTOP: its events wait, its kernel goes on. */
  pause(): void {
    if (this.running && !this.paused) this.#note('stopped');
    this.#life?.pause();
  }

  /** SIGCONT. */
  resume(): void {
    if (this.paused) this.#note('went on');
    this.#life?.resume();
  }

  /** Lets the node stop itself by `runtime.fatal` or an uncaught error without a failing run; all errors, or those that `allows`. */
  allowFatal(allows: (error: unknown) => boolean = () => true): void {
    this.#allowsFatal = allows;
  }

  /** For reports. */
  describe(): string {
    if (this.#life === undefined) return `${this.name} is down`;
    if (!this.#life.paused) return `${this.name} is up`;
    return `${this.name} is stopped, ${this.#life.deferred.length} events wait in it`;
  }

  #note(what: string): void {
    this.#surroundings.scheduler.note('life', this.name, what);
  }

  #failed(life: SimLife, kind: FatalError['kind'], error: unknown): void {
    const { scheduler } = this.#surroundings;
    this.fatalErrors.push({ time: scheduler.nowUs / 1000, kind, error });
    if (!this.#allowsFatal(error)) {
      // An uncaught error goes on as it is: it may be the failed assertion of a test.
      scheduler.fail(kind === 'fatal' ? new SimNodeFatalError(this.name, error) : error);
    }
    if (this.#life === life) this.kill();
  }
}
