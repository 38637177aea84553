/** One node that lives outside the harness, as a process or in a container: its files, its lives. */
import type { Host, NodeState } from '../../nemeses/nemesis.ts';
import type { NodeFiles, UnexpectedExit } from './deployment.ts';

export interface ClusterNode {
  readonly host: Host;
  readonly files: NodeFiles;
  readonly unexpectedExits: readonly UnexpectedExit[];
  readonly state: NodeState;
  /** Nothing for one that lives. */
  start(): Promise<void>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
  stop(patienceMs: number): Promise<void>;
  /** Resolves when it stands still. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}
