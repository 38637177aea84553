/** One life of a host: from a start to its death. After that it is silent for ever. */
import type { Disk } from '../../../cluster/runtime/disk.ts';
import type { Network } from '../../../cluster/runtime/network.ts';
import type { Runtime } from '../../../cluster/runtime/runtime.ts';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import type { Trace } from '../../../cluster/runtime/trace.ts';
import type { HostDisk } from './host-disk.ts';
import { LendingStream } from './lending-stream.ts';
import type { Scheduler } from './scheduler.ts';
import { type HostClock, SimClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';
import type { EventOwner, SimEvent } from './sim-event.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimRandom } from './sim-random.ts';
import type { SimTrace } from './sim-trace.ts';

/** What a life shares with the world and with the lives before it. */
export interface LifeSurroundings {
  readonly scheduler: Scheduler;
  readonly network: SimNetwork;
  readonly trace: SimTrace;
  readonly clock: HostClock;
  readonly disk: HostDisk;
  readonly random: SimRandom;
  readonly seededBugs: ReadonlySet<SeededBug>;
  /** The harness's own. */
  readonly isResident?: boolean;
  /** The life ends by its own fault. */
  readonly failed: (kind: 'fatal' | 'uncaught', error: unknown) => void;
}

export class SimLife implements EventOwner {
  readonly ownerId: number;
  readonly name: string;
  readonly hostName: string;
  readonly runtime: Runtime;
  alive = true;
  paused = false;
  readonly #surroundings: LifeSurroundings;
  readonly #disk: SimDisk;
  #deferred: SimEvent[] = [];

  constructor(ownerId: number, hostName: string, surroundings: LifeSurroundings) {
    this.ownerId = ownerId;
    this.hostName = hostName;
    this.name = surroundings.isResident === true ? `${hostName}*` : hostName;
    this.#surroundings = surroundings;
    const { scheduler, clock, disk, random, seededBugs } = surroundings;
    this.#disk = new SimDisk(scheduler, this, disk, random.fork('disk'));
    this.runtime = {
      nodeId: hostName,
      clock: new SimClock(scheduler, this, clock, random.fork('clock')),
      random: random.fork('node'),
      network: this.#network(),
      disk: this.#disk satisfies Disk,
      trace: this.#trace(),
      seededBugs,
      fatal: (error) => this.#fatal(error),
    };
  }

  get deferred(): readonly SimEvent[] {
    return this.#deferred;
  }

  defer(event: SimEvent): void {
    this.#deferred.push(event);
  }

  uncaught(error: unknown): void {
    if (this.alive) this.#surroundings.failed('uncaught', error);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const event of deferred) this.#surroundings.scheduler.reschedule(event);
    this.#surroundings.network.lifeResumed(this);
  }

  /** `silently`: the machine died with it, so nobody closes its connections. */
  end(silently: boolean): void {
    this.#disk.die();
    this.alive = false;
    this.#deferred = [];
    this.#surroundings.network.lifeEnded(this, silently);
  }

  #network(): Network {
    const { network } = this.#surroundings;
    return {
      listen: (address, accept) => network.listen(this, address, accept),
      connect: (address, timeoutMs, options) => {
        const connected = network.connect(this, address, timeoutMs);
        return options?.lendsBytes === true
          ? connected.then((stream) => new LendingStream(stream))
          : connected;
      },
    };
  }

  #trace(): Trace {
    const { trace } = this.#surroundings;
    return {
      emit: (event, fields = {}) => {
        if (this.alive) trace.emit(this.hostName, event, fields);
      },
      log: (level, line) => {
        if (this.alive) trace.log(this.hostName, level, line);
      },
    };
  }

  #fatal(error: Error): void {
    if (!this.alive) return;
    this.runtime.trace.emit('invariant-broken', { message: error.message });
    this.#surroundings.failed('fatal', error);
  }
}
