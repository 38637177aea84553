/** The output of a run in the simulated world: kept in memory, judged there, and written down only for those who want to look. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { NodeLog } from '../../checkers/crash-patterns.ts';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { ReplicaObservation, TraceEvent } from '../../checkers/history/replica-observation.ts';
import type { Cluster } from '../deployment/deployment.ts';
import type { SimLogLine } from '../deployment/sim/sim-trace.ts';
import type { SimWorld } from '../deployment/sim/sim-world.ts';
import { HistoryInMemory } from '../record/history-sink.ts';
import type { RunClock } from '../record/recorder.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { type RunRecord, writeReplicas, writeRunRecord } from '../record/run-record.ts';
import { observeReplicas } from '../runner/observe-replica.ts';
import type { RunOutput } from '../runner/run-output.ts';
import { type Scenario, saveScenario } from './scenario.ts';

/** What to type to get a saved run again, event by event. */
function replayOf(folder: string): string {
  const path = relative(process.cwd(), folder);
  return `npm run jepsen -- replay ${path.startsWith('..') ? folder : path}`;
}

export class OutputInMemory implements RunOutput {
  readonly history = new HistoryInMemory();
  readonly workFolder = '';
  readonly faults: FaultEvent[] = [];
  readonly #world: SimWorld;
  /** Virtual milliseconds since the world began, at nanosecond 0 of the run. */
  startMs = 0;
  trace: readonly TraceEvent[] = [];
  replicas: readonly ReplicaObservation[] = [];
  nodeLogs: readonly NodeLog[] = [];

  constructor(world: SimWorld) {
    this.#world = world;
  }

  /** With the world's own times. */
  get log(): readonly SimLogLine[] {
    return this.#world.log;
  }

  fault(event: FaultEvent): void {
    this.faults.push(event);
  }

  collect(cluster: Cluster, nodes: readonly string[], clock: RunClock): Promise<void> {
    // Virtual time is one for all hosts: exact, whatever their own clocks said.
    const startMs = this.#startMsOf(clock);
    this.startMs = startMs;
    const at = (time: number) => Math.round((time - startMs) * 1e6);
    const said = this.#world.trace.map(({ time, node, event, fields }) => ({
      ...fields,
      time: at(time),
      node,
      event,
    }));
    // As a real node tells its clock, for those who draw it; the world itself knows nothing of these events.
    const clocks = this.#world.clockReadings().map(({ node, time, offsetMs }) => ({
      time: at(time),
      node,
      event: 'clock',
      wall: clock.startWallMs + (time - startMs) + offsetMs,
    }));
    this.trace = clocks.length === 0 ? said : [...said, ...clocks].sort((a, b) => a.time - b.time);
    this.nodeLogs = nodes.map((node) => ({
      node,
      lines: this.#world.log.filter((line) => line.node === node).map(({ line }) => line),
    }));
    this.replicas = observeReplicas(cluster, nodes);
    return Promise.resolve();
  }

  #startMsOf(clock: RunClock): number {
    return this.#world.now() - clock.ns() / 1e6;
  }

  /** `data`: the nodes' disks too. Resolves with the record as it was written, which knows where it can be replayed from. */
  async save(
    files: RunFiles,
    record: RunRecord,
    scenario: Scenario,
    cluster: Cluster,
    options: { readonly data: boolean },
  ): Promise<RunRecord> {
    const lines = (values: readonly unknown[]) =>
      values.map((value) => `${JSON.stringify(value)}\n`).join('');
    const written = { ...record, replay: replayOf(files.folder) };
    writeRunRecord(files, written);
    saveScenario(files.scenario, scenario);
    writeFileSync(files.history, lines(this.history.operations));
    writeFileSync(files.faults, lines(this.faults));
    writeFileSync(files.trace, lines(this.trace));
    writeReplicas(files, this.replicas);
    await cluster.collect(files.nodes, options);
    return written;
  }
}
