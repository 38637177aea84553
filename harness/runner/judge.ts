/** Judges a run by its files alone, so that any saved run can be judged again. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckResult, unknownResult, type Verdict, worstVerdict } from '../../checkers/anomaly.ts';
import { AnomalyCollector } from '../../checkers/anomaly-collector.ts';
import { checkAvailability } from '../../checkers/availability/availability.ts';
import { checkSingleFaults } from '../../checkers/availability/single-faults.ts';
import { checkEpochOwners } from '../../checkers/controller/epoch-owners.ts';
import { checkLongestLog } from '../../checkers/controller/longest-log.ts';
import { checkRoutes } from '../../checkers/controller/routes.ts';
import { checkCrashes, type NodeLog } from '../../checkers/crash-patterns.ts';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { checkInvariants } from '../../checkers/invariants.ts';
import { checkLinearizableLog } from '../../checkers/log/linearizable-log.ts';
import { checkLost } from '../../checkers/log/lost.ts';
import { checkReplicaReads } from '../../checkers/log/replica-reads.ts';
import { checkCopies } from '../../checkers/replication/copies.ts';
import { checkEpochTables } from '../../checkers/replication/epoch-tables.ts';
import { checkLinks } from '../../checkers/replication/links.ts';
import { checkLogAgreement } from '../../checkers/replication/log-agreement.ts';
import {
  brokerNames,
  controllerHistory,
  replicationHistory,
} from '../../checkers/replication/role-history.ts';
import { checkStats } from '../../checkers/stats.ts';
import { textLines } from '../record/json-lines.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { type RunRecord, readRunRecord } from '../record/run-record.ts';
import { type Evidence, readEvidence } from './evidence.ts';
import { whoWaits } from './who-waits.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly results: readonly CheckResult[];
  readonly record: RunRecord;
  /** Seconds. */
  readonly took: number;
  /** What was judged, for those who draw it. */
  readonly evidence: Evidence;
}

/** Throws where a file cannot be read; a checker that breaks is `unknown`. */
export function judge(files: RunFiles, nowMs: () => number): Judgement {
  const startMs = nowMs();
  const record = readRunRecord(files);
  const evidence = readEvidence(files);
  return { ...judgementOf(record, evidence, [...nodeLogs(files)]), took: (nowMs() - startMs) / 1000 };
}

export function judgementOf(
  record: RunRecord,
  evidence: Evidence,
  nodeLogs: readonly NodeLog[],
): Omit<Judgement, 'took'> {
  const results = judgeEvidence(record, evidence, nodeLogs);
  const verdicts = results.map(({ verdict }) => verdict);
  if (record.interrupted !== undefined) verdicts.push('unknown');
  return { verdict: worstVerdict(verdicts), results, record, evidence };
}

export function judgeEvidence(
  record: RunRecord,
  evidence: Evidence,
  nodeLogs: readonly NodeLog[],
): CheckResult[] {
  const { windows, trace, replicas, stats, sends, logs, replicaReads } = evidence;
  const { plan, endNs } = record;
  const gates = { plannedNemeses: plan.nemeses, isPartOfCampaign: plan.isPartOfCampaign === true };
  const brokers = hostNames('n', plan.nodes);
  const nodes = [...brokers, ...hostNames('c', plan.controllers)];
  const checks: Readonly<Record<string, () => CheckResult>> = {
    stats: () => checkStats(stats, windows, gates),
    'log/linearizable': () => checkLinearizableLog(logs()),
    'log/lost': () => checkLost(logs(), record.finalFromNs ?? Infinity),
    'log/replicas': () => checkReplicaReads(replicaReads(), brokers),
    'replication/epochs': () => checkEpochTables(replicationHistory(trace, replicas, endNs)),
    'replication/log-agreement': () => checkLogAgreement(replicas, brokers),
    'controller/epoch-owners': () =>
      checkEpochOwners(controllerHistory(trace, brokerNames(trace, record.brokerIds))),
    'replication/copies': () => checkCopies(trace),
    'replication/links': () => checkLinks(trace),
    'controller/longest-log': () => checkLongestLog(trace),
    'controller/routes': () => checkRoutes(trace),
    availability: () => {
      const recoveryNs = plan.recoveryTimeS * 1e9;
      return checkAvailability({ sends, windows, trace, endNs, recoveryNs });
    },
    'availability/single-faults': () =>
      checkSingleFaults({
        ...{ sends, windows, trace, endNs, brokers, minInSyncReplicas: plan.minInSyncReplicas },
        controllers: hostNames('c', plan.controllers),
      }),
    recovery: () => checkRecovery(record, trace),
    invariants: () => checkInvariants(trace),
    ...(plan.script === undefined ? {} : { script: () => checkScript(record) }),
    crashes: () => checkCrashes(nodeLogs, record.deaths, nodes),
  };
  return Object.entries(checks).map(([name, check]) => checkSafely(name, check));
}

/** n1, n2, ... */
function hostNames(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${letter}${at + 1}`);
}

/** A judge that breaks says nothing about the run. */
function checkSafely(checker: string, check: () => CheckResult): CheckResult {
  try {
    return check();
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return unknownResult(checker, `the checker broke: ${reason}`);
  }
}

function checkRecovery({ notRecovered, interrupted }: RunRecord, trace: readonly TraceEvent[]): CheckResult {
  const found = new AnomalyCollector();
  if (notRecovered !== undefined)
    found.add({
      // A replica that stays behind is one thing; a group that does not serve, clients without answers, queues that do not drain, another.
      name: notRecovered.wanted === 'sync' ? 'replica-not-in-sync' : 'stuck',
      detail: whoWaits(notRecovered, trace),
      operations: [],
    });
  return found.result(
    'recovery',
    'after the last heal every replica came back to the SyncStateSet, every client got answers and every queue was drained',
    undefined,
    interrupted === undefined ? undefined : `the run was not finished: ${interrupted}`,
  );
}

function checkScript({ plan, scriptFailure, interrupted }: RunRecord): CheckResult {
  const found = new AnomalyCollector();
  if (scriptFailure !== undefined)
    found.add({
      name: 'script-expectation',
      detail: `${plan.script?.name}, ${scriptFailure}`,
      operations: [],
    });
  return found.result(
    'script',
    'all went as the script expects',
    undefined,
    interrupted === undefined ? undefined : `the script was not finished: ${interrupted}`,
  );
}

function* nodeLogs(files: RunFiles): Generator<NodeLog> {
  for (const node of safeList(files.nodes)) {
    for (const name of safeList(join(files.nodes, node))) {
      if (name.endsWith('.log')) yield { node, lines: textLines(join(files.nodes, node, name)) };
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
