/** What a run left behind, read once: the history goes straight to those who count, compare and draw, and is not kept. */
import { SendTimes } from '../../checkers/availability/send-times.ts';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import { type FaultWindow, faultWindows } from '../../checkers/history/fault-window.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import {
  HistoryError,
  OperationPairing,
  type PairedOperation,
} from '../../checkers/history/paired-operations.ts';
import type { ReplicaObservation, TraceEvent } from '../../checkers/history/replica-observation.ts';
import { LogHistories, type LogHistory } from '../../checkers/log/log-history.ts';
import { ReplicaReads } from '../../checkers/log/replica-reads.ts';
import { type Stats, StatsCounter } from '../../checkers/stats.ts';
import { jsonLines } from '../record/json-lines.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { replicasPath } from '../record/run-record.ts';
import { DrawnOperations } from '../report/drawn-operations.ts';

export interface Evidence {
  readonly windows: readonly FaultWindow[];
  readonly trace: readonly TraceEvent[];
  readonly replicas: readonly ReplicaObservation[];
  readonly stats: Stats;
  readonly sends: SendTimes;
  /** Throw HistoryError where the history is none. */
  readonly logs: () => readonly LogHistory[];
  readonly replicaReads: () => ReplicaReads;
  readonly drawn: DrawnOperations;
}

export function readEvidence(files: RunFiles): Evidence {
  return evidenceOf({
    faults: jsonLines<FaultEvent>(files.faults),
    operations: jsonLines<Operation>(files.history),
    trace: [...jsonLines<TraceEvent>(files.trace)],
    replicas: [...jsonLines<ReplicaObservation>(replicasPath(files))],
  });
}

export function evidenceOf(input: {
  readonly faults: Iterable<FaultEvent>;
  readonly operations: Iterable<Operation>;
  readonly trace: readonly TraceEvent[];
  readonly replicas: readonly ReplicaObservation[];
}): Evidence {
  const { trace, replicas } = input;
  const windows = faultWindows(input.faults);
  const counter = new StatsCounter(windows);
  const sends = new SendTimes();
  const pairs = new PairReaders();
  for (const operation of input.operations) {
    counter.add(operation);
    sends.add(operation);
    pairs.add(operation);
  }
  pairs.end();
  const stats = counter.stats();
  const sound =
    <T>(get: () => T) =>
    () => {
      if (pairs.failure !== undefined) throw pairs.failure;
      return get();
    };
  return {
    windows,
    trace,
    replicas,
    stats,
    sends,
    drawn: pairs.drawn,
    logs: sound(() => pairs.logs.all()),
    replicaReads: sound(() => pairs.replicaReads),
  };
}

/** Those who want operations whole. A history that contradicts itself is drawn as far as it goes, and judged by nobody. */
class PairReaders {
  readonly logs = new LogHistories();
  readonly replicaReads = new ReplicaReads();
  readonly drawn = new DrawnOperations();
  failure: HistoryError | undefined;
  readonly #pairing = new OperationPairing();

  add(operation: Operation): void {
    if (this.failure !== undefined) return;
    try {
      const pair = this.#pairing.add(operation);
      if (pair !== undefined) this.#take(pair);
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      this.failure = error;
    }
  }

  end(): void {
    for (const pair of this.#pairing.open()) this.#take(pair);
  }

  #take(pair: PairedOperation): void {
    this.logs.add(pair);
    this.replicaReads.add(pair);
    this.drawn.add(pair);
  }
}
