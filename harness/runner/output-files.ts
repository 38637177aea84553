/** The output of a run as the files of its folder. */
import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import { systemMonotonicMs } from '../../cluster/runtime/os/system-monotonic.ts';
import type { Cluster } from '../deployment/deployment.ts';
import { HistoryFile } from '../record/history-sink.ts';
import type { RunClock } from '../record/recorder.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { writeReplicas } from '../record/run-record.ts';
import { mergeTraces } from './merge-traces.ts';
import { observeReplicas } from './observe-replica.ts';
import type { RunOutput } from './run-output.ts';

export class OutputFiles implements RunOutput {
  readonly history: HistoryFile;
  readonly workFolder: string;
  readonly #files: RunFiles;

  constructor(files: RunFiles) {
    this.#files = files;
    this.history = new HistoryFile(files.history);
    this.workFolder = join(files.folder, 'work');
    writeFileSync(files.faults, '');
  }

  fault(event: FaultEvent): void {
    appendFileSync(this.#files.faults, `${JSON.stringify(event)}\n`);
  }

  async collect(cluster: Cluster, nodes: readonly string[], clock: RunClock): Promise<void> {
    const files = this.#files;
    writeReplicas(files, observeReplicas(cluster, nodes));
    await cluster.collect(files.nodes, { data: true });
    const traces = nodes.map((node) => join(files.nodes, node, 'trace.jsonl'));
    const startMs = systemMonotonicMs() - clock.ns() / 1e6 + (cluster.monotonicAheadMs ?? 0);
    mergeTraces(traces, startMs, files.trace);
    for (const trace of traces) rmSync(trace, { force: true });
    rmSync(join(this.workFolder, 'nodes'), { recursive: true, force: true });
  }

  /** A valid run needs no disks to look at. */
  forgetData(): void {
    for (const node of readdirSync(this.#files.nodes))
      rmSync(join(this.#files.nodes, node, 'data'), { recursive: true, force: true });
  }
}
