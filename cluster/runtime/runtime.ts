/** The seam between a server and its world: the first constructor argument of every server. */
import type { Clock } from './clock.ts';
import type { Disk } from './disk.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { SeededBug } from './seeded-bug.ts';
import type { Trace } from './trace.ts';

export interface Runtime {
  /** The host's name: n1, c2, w3, ... */
  readonly nodeId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly disk: Disk;
  readonly trace: Trace;
  /** Empty but in runs that ask for a bug. */
  readonly seededBugs: ReadonlySet<SeededBug>;
  /**
   * A broken invariant of ours: traces it and stops this life at once (the process exits, the simulated node dies).
   * Nothing after the call runs in the same life that touches the world.
   */
  fatal(error: Error): void;
}
