/** What a run left behind, read once: the history goes straight to those who count, compare and draw, and is not kept. */
import { SendTimes } from '../../checkers/availability/send-times.ts';
import { Unavailability } from '../../checkers/availability/unavailability.ts';
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
import { Sessions } from '../../checkers/session/sessions.ts';
import { type Stats, StatsCounter } from '../../checkers/stats.ts';
import { jsonLines } from '../record/json-lines.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { clientHosts } from '../record/run-plan.ts';
import { type RunRecord, replicasPath } from '../record/run-record.ts';
import { DrawnOperations } from '../report/drawn-operations.ts';
import { MessageTravels } from '../report/message-travels.ts';

export interface Evidence {
  readonly windows: readonly FaultWindow[];
  readonly trace: readonly TraceEvent[];
  readonly replicas: readonly ReplicaObservation[];
  readonly stats: Stats;
  readonly sends: SendTimes;
  readonly unavailability: Unavailability;
  /** Throw HistoryError where the history is none. */
  readonly logs: () => readonly LogHistory[];
  readonly replicaReads: () => ReplicaReads;
  readonly sessions: () => Sessions;
  readonly drawn: DrawnOperations;
  readonly travels: MessageTravels;
}

export function readEvidence(files: RunFiles, record: RunRecord): Evidence {
  return evidenceOf({
    record,
    faults: jsonLines<FaultEvent>(files.faults),
    operations: jsonLines<Operation>(files.history),
    trace: [...jsonLines<TraceEvent>(files.trace)],
    replicas: [...jsonLines<ReplicaObservation>(replicasPath(files))],
  });
}

export function evidenceOf(input: {
  readonly record: RunRecord;
  readonly faults: Iterable<FaultEvent>;
  readonly operations: Iterable<Operation>;
  readonly trace: readonly TraceEvent[];
  readonly replicas: readonly ReplicaObservation[];
}): Evidence {
  const { trace, replicas, record } = input;
  const windows = faultWindows(input.faults);
  const counter = new StatsCounter(windows);
  const sends = new SendTimes();
  const unavailability = new Unavailability(
    (process) => `w${((process % record.plan.concurrency) % clientHosts) + 1}`,
  );
  const pairs = new PairReaders();
  for (const operation of input.operations) {
    counter.add(operation);
    sends.add(operation);
    unavailability.add(operation);
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
    unavailability,
    drawn: pairs.drawn,
    travels: pairs.travels,
    logs: sound(() => pairs.logs.all()),
    replicaReads: sound(() => pairs.replicaReads),
    sessions: sound(() => pairs.sessions),
  };
}

/** Those who want operations whole. A history that contradicts itself is drawn as far as it goes, and judged by nobody. */
class PairReaders {
  readonly logs = new LogHistories();
  readonly replicaReads = new ReplicaReads();
  readonly sessions = new Sessions();
  readonly drawn = new DrawnOperations();
  readonly travels = new MessageTravels();
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
    this.sessions.add(pair);
    this.drawn.add(pair);
    this.travels.add(pair);
  }
}
