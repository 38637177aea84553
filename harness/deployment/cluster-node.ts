/** One node that lives outside the harness, as a process or in a container: its files, its lives. */
import type { Host, NodeState } from '../../nemeses/nemesis.ts';
import type { NodeFiles, UnexpectedExit } from './deployment.ts';
import type { NodeClock } from './node-clock.ts';
import type { NodeDisk } from './node-disk.ts';

export interface ClusterNode {
  readonly host: Host;
  readonly files: NodeFiles;
  readonly unexpectedExits: readonly UnexpectedExit[];
  readonly state: NodeState;
  /** Of nodes whose clock can be moved. */
  readonly clock: NodeClock | undefined;
  /** Of nodes whose disk can be broken. */
  readonly disk: NodeDisk | undefined;
  /** Nothing for one that lives. */
  start(): Promise<void>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
  stop(patienceMs: number): Promise<void>;
  /** Resolves when it stands still. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Of an absent one: its disk is empty. Returns its id as a controller from then on. */
  wipe(): string;
}
