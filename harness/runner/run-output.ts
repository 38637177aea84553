/** Where a run puts what it sees. */
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { Cluster } from '../deployment/deployment.ts';
import type { HistorySink } from '../record/history-sink.ts';
import type { RunClock } from '../record/recorder.ts';

export interface RunOutput {
  readonly history: HistorySink;
  /** For the cluster's own files while it lives; worlds without files leave it alone. */
  readonly workFolder: string;
  fault(event: FaultEvent): void;
  /** Takes traces, logs and disks of the nodes, which are stopped. `clock`: what their traces are put on. */
  collect(cluster: Cluster, nodes: readonly string[], clock: RunClock): Promise<void>;
}
