/** Judges a run by its files alone, so that any saved run can be judged again. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckResult, type Verdict, worstVerdict } from '../../checkers/anomaly.ts';
import { AnomalyCollector } from '../../checkers/anomaly-collector.ts';
import { checkAvailability } from '../../checkers/availability/availability.ts';
import { checkEpochOwners } from '../../checkers/controller/epoch-owners.ts';
import { checkCrashes } from '../../checkers/crash-patterns.ts';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import { faultWindows } from '../../checkers/history/fault-window.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import type { ReplicaObservation, TraceEvent } from '../../checkers/history/replica-observation.ts';
import { checkLinearizableLog } from '../../checkers/log/linearizable-log.ts';
import { logHistories } from '../../checkers/log/log-history.ts';
import { checkLost } from '../../checkers/log/lost.ts';
import { checkReplicaReads, replicaReads } from '../../checkers/log/replica-reads.ts';
import { checkEpochTables } from '../../checkers/replication/epoch-tables.ts';
import { checkLogAgreement } from '../../checkers/replication/log-agreement.ts';
import { controllerHistory, replicationHistory } from '../../checkers/replication/role-history.ts';
import { checkStats, StatsCounter } from '../../checkers/stats.ts';
import { jsonLines, lines } from './json-lines.ts';
import type { RunFiles } from './results-folder.ts';
import { type RunRecord, readRunRecord, replicasPath } from './run-record.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly results: readonly CheckResult[];
  readonly record: RunRecord;
  /** Seconds. */
  readonly took: number;
}

export function judge(files: RunFiles, nowMs: () => number): Judgement {
  const startMs = nowMs();
  const record = readRunRecord(files);
  const operations = [...jsonLines<Operation>(files.history)];
  const windows = faultWindows(jsonLines<FaultEvent>(files.faults));
  const trace = [...jsonLines<TraceEvent>(files.trace)];
  const replicas = [...jsonLines<ReplicaObservation>(replicasPath(files))];
  const histories = logHistories(operations);
  const checks: Readonly<Record<string, () => CheckResult>> = {
    stats: () => {
      const counter = new StatsCounter(windows);
      for (const operation of operations) counter.add(operation);
      return checkStats(counter.stats(), windows, record.plan.nemeses);
    },
    'log/linearizable': () => checkLinearizableLog(histories),
    'log/lost': () => checkLost(histories, record.finalFromNs ?? Infinity),
    'log/replicas': () => checkReplicaReads(replicaReads(operations)),
    'replication/epochs': () => checkEpochTables(replicationHistory(trace, replicas, record.endNs)),
    'replication/log-agreement': () => checkReplicas(replicas, record),
    'controller/epoch-owners': () =>
      checkEpochOwners(controllerHistory(trace, (id) => record.brokerIds[String(id)] ?? `broker ${id}`)),
    availability: () => checkAvailability(operations, windows, trace, record.endNs),
    recovery: () => checkRecovery(record),
    crashes: () => checkCrashes([...nodeLogs(files)], record.deaths),
  };
  const results = Object.entries(checks).map(([name, check]) => checkSafely(name, check));
  const verdicts = results.map(({ verdict }) => verdict);
  if (record.interrupted !== undefined) verdicts.push('unknown');
  return { verdict: worstVerdict(verdicts), results, record, took: (nowMs() - startMs) / 1000 };
}

/** A judge that breaks says nothing about the run. */
function checkSafely(checker: string, check: () => CheckResult): CheckResult {
  try {
    return check();
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      checker,
      verdict: 'unknown',
      evidence: `the checker broke: ${reason}`,
      anomalies: [],
      anomalyCounts: {},
    };
  }
}

function checkReplicas(replicas: readonly ReplicaObservation[], record: RunRecord): CheckResult {
  if (replicas.length === record.plan.nodes) return checkLogAgreement(replicas);
  const evidence = `wanted the logs of ${record.plan.nodes} replicas, could read ${replicas.length}`;
  return {
    checker: 'replication/log-agreement',
    verdict: 'unknown',
    evidence,
    anomalies: [],
    anomalyCounts: {},
  };
}

function checkRecovery(record: RunRecord): CheckResult {
  const found = new AnomalyCollector();
  if (record.notRecovered !== undefined) {
    found.add({ name: 'replica-not-in-sync', detail: record.notRecovered, operations: [] });
  } else if (record.interrupted !== undefined) {
    const evidence = `the run was not finished: ${record.interrupted}`;
    return { checker: 'recovery', verdict: 'unknown', evidence, anomalies: [], anomalyCounts: {} };
  }
  return found.result(
    'recovery',
    'after the last heal every replica came back to the SyncStateSet by itself',
  );
}

function* nodeLogs(files: RunFiles): Generator<{ node: string; lines: Iterable<string> }> {
  for (const node of safeList(files.nodes)) {
    for (const name of safeList(join(files.nodes, node))) {
      if (name.endsWith('.log')) yield { node, lines: lines(join(files.nodes, node, name)) };
    }
  }
}

function safeList(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
