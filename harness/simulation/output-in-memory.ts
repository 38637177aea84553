/** The output of a run in the simulated world: kept in memory, judged there, and written down only for those who want to look. */
import { writeFileSync } from 'node:fs';
import type { NodeLog } from '../../checkers/crash-patterns.ts';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { ReplicaObservation, TraceEvent } from '../../checkers/history/replica-observation.ts';
import type { Cluster } from '../deployment/deployment.ts';
import type { SimWorld } from '../deployment/sim/sim-world.ts';
import { HistoryInMemory } from '../record/history-sink.ts';
import type { RunClock } from '../record/recorder.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { type RunRecord, writeReplicas, writeRunRecord } from '../record/run-record.ts';
import { observeReplicas } from '../runner/observe-replica.ts';
import type { RunOutput } from '../runner/run-output.ts';

export class OutputInMemory implements RunOutput {
  readonly history = new HistoryInMemory();
  readonly workFolder = '';
  readonly faults: FaultEvent[] = [];
  readonly #world: SimWorld;
  trace: readonly TraceEvent[] = [];
  replicas: readonly ReplicaObservation[] = [];
  nodeLogs: readonly NodeLog[] = [];

  constructor(world: SimWorld) {
    this.#world = world;
  }

  fault(event: FaultEvent): void {
    this.faults.push(event);
  }

  collect(cluster: Cluster, nodes: readonly string[], clock: RunClock): Promise<void> {
    // Virtual time is one for all hosts: exact, whatever their own clocks said.
    this.trace = this.#world.trace.map(({ time, node, event, fields }) => ({
      ...fields,
      time: Math.round((time - this.#startMs(clock)) * 1e6),
      node,
      event,
    }));
    this.nodeLogs = nodes.map((node) => ({
      node,
      lines: this.#world.log.filter((line) => line.node === node).map(({ line }) => line),
    }));
    this.replicas = observeReplicas(cluster);
    return Promise.resolve();
  }

  /** Virtual milliseconds since the world began, at nanosecond 0 of the run. */
  #startMs(clock: RunClock): number {
    return this.#world.now() - clock.ns() / 1e6;
  }

  async save(files: RunFiles, record: RunRecord, cluster: Cluster): Promise<void> {
    const lines = (values: readonly unknown[]) =>
      values.map((value) => `${JSON.stringify(value)}\n`).join('');
    writeRunRecord(files, record);
    writeFileSync(files.history, lines(this.history.operations));
    writeFileSync(files.faults, lines(this.faults));
    writeFileSync(files.trace, lines(this.trace));
    writeReplicas(files, this.replicas);
    await cluster.collect(files.nodes, { data: true });
  }
}
