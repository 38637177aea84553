/** Judges a run by its files alone, so that any saved run can be judged again. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckResult, unknownResult, type Verdict, worstVerdict } from '../../checkers/anomaly.ts';
import { AnomalyCollector } from '../../checkers/anomaly-collector.ts';
import { checkAvailability, recoveriesOf } from '../../checkers/availability/availability.ts';
import { failovers } from '../../checkers/availability/failovers.ts';
import { checkObjectives } from '../../checkers/availability/objectives.ts';
import { checkSingleFaults } from '../../checkers/availability/single-faults.ts';
import { tellUnavailability } from '../../checkers/availability/unavailability.ts';
import { busyMachine, excused } from '../../checkers/busy-machine.ts';
import { checkEpochOwners } from '../../checkers/controller/epoch-owners.ts';
import { checkLongestLog } from '../../checkers/controller/longest-log.ts';
import { checkReplicaState, replicaStates } from '../../checkers/controller/replica-state.ts';
import { checkRoutes } from '../../checkers/controller/routes.ts';
import { checkCrashes, type NodeLog } from '../../checkers/crash-patterns.ts';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { checkInvariants } from '../../checkers/invariants.ts';
import { checkLinearizableLog } from '../../checkers/log/linearizable-log.ts';
import { checkLost, lostAppends } from '../../checkers/log/lost.ts';
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
import { allRandom } from '../../nemeses/all-random.ts';
import { textLines } from '../record/json-lines.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { brokerName } from '../record/run-plan.ts';
import { type RunRecord, readRunRecord } from '../record/run-record.ts';
import { type ServerLetter, serverNames } from '../server-names.ts';
import { type Evidence, evidenceOf, readEvidence } from './evidence.ts';
import { explainedResults } from './explained-results.ts';
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

/** All where undefined; else those of these names, whatever the run asked for. */
export type WantedCheckers = readonly string[] | undefined;

/** Throws where a file cannot be read; a checker that breaks is `unknown`. */
export function judge(files: RunFiles, nowMs: () => number, only?: WantedCheckers): Judgement {
  const startMs = nowMs();
  const record = readRunRecord(files);
  const evidence = readEvidence(files, record);
  const judged = judgementOf(record, evidence, [...nodeLogs(files)], only);
  return { ...judged, took: (nowMs() - startMs) / 1000 };
}

export function judgementOf(
  record: RunRecord,
  evidence: Evidence,
  nodeLogs: readonly NodeLog[],
  only?: WantedCheckers,
): Omit<Judgement, 'took'> {
  const results = judgeEvidence(record, evidence, nodeLogs, only);
  const verdicts = results.map(({ verdict }) => verdict);
  if (record.interrupted !== undefined) verdicts.push('unknown');
  return { verdict: worstVerdict(verdicts), results, record, evidence };
}

export function judgeEvidence(
  record: RunRecord,
  evidence: Evidence,
  nodeLogs: readonly NodeLog[],
  only?: WantedCheckers,
): CheckResult[] {
  const { checks, onRequest } = checksOf(record, evidence, nodeLogs);
  const known = { ...checks, ...onRequest };
  const busy = busyMachine(record.lateness);
  const results = (only ?? Object.keys(checks)).flatMap((name) => {
    const check = known[name];
    return check === undefined ? [] : [excused(checkSafely(name, check), busy)];
  });
  return explainedResults(results, evidence, record.endNs);
}

/** Every name that `only` may have for such a run. */
export function checkerNames(record: RunRecord): string[] {
  const none = evidenceOf({ record, faults: [], operations: [], trace: [], replicas: [] });
  const { checks, onRequest } = checksOf(record, none, []);
  return Object.keys({ ...checks, ...onRequest });
}

type Checks = Readonly<Record<string, () => CheckResult>>;

function checksOf(
  record: RunRecord,
  evidence: Evidence,
  nodeLogs: readonly NodeLog[],
): { readonly checks: Checks; readonly onRequest: Checks } {
  const { windows, trace, replicas, stats, sends, logs, replicaReads } = evidence;
  const { plan, endNs } = record;
  const gates = {
    plannedNemeses: plan.nemeses.filter((name) => name !== allRandom.name),
    drawsFaults: plan.nemeses.includes(allRandom.name),
    isPartOfCampaign: plan.isPartOfCampaign === true,
  };
  const brokers = hostNames('n', plan.nodes, record.joined);
  const controllers = hostNames('c', plan.controllers, record.joined);
  const linearizableReads = plan.properties?.broker['linearizableRead'] !== 'false';
  const finalFromNs = record.finalFromNs ?? Infinity;
  const sessions = { 'log/sessions': () => evidence.sessions().result() };
  const checks: Checks = {
    stats: () => checkStats(stats, windows, gates),
    'log/linearizable': () => checkLinearizableLog(logs(), { linearizableReads }),
    ...(linearizableReads ? {} : sessions),
    'log/lost': () => checkLost(logs(), finalFromNs),
    'log/replicas': () => checkReplicaReads(replicaReads(), brokers),
    'replication/epochs': () => checkEpochTables(replicationHistory(trace, replicas, endNs)),
    'replication/log-agreement': () => checkLogAgreement(replicas, brokers),
    'controller/epoch-owners': () =>
      checkEpochOwners(controllerHistory(trace, brokerNames(trace, record.brokerIds))),
    'controller/replica-state': () =>
      checkReplicaState(replicaStates(trace, brokerName), {
        cleanElections: true,
        changesExpected: plan.nodes > 1,
      }),
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
        ...{ sends, windows, trace, endNs, brokers, controllers, minInSyncReplicas: plan.minInSyncReplicas },
      }),
    'availability/objectives': () =>
      checkObjectives({
        recoveries: recoveriesOf({ sends, windows, trace, endNs }),
        failovers: failovers(trace, endNs),
        lost: lostAppends(logs(), finalFromNs),
      }),
    'availability/windows': () => tellUnavailability(evidence.unavailability, windows),
    recovery: () => checkRecovery(record, trace),
    invariants: () => checkInvariants(trace),
    ...(plan.script === undefined ? {} : { script: () => checkScript(record) }),
    crashes: () => checkCrashes(nodeLogs, record.deaths, [...brokers, ...controllers]),
  };
  return { checks, onRequest: sessions };
}

/** n1, n2, ..., and those that came later. */
function hostNames(letter: ServerLetter, count: number, joined: readonly string[] = []): readonly string[] {
  return [...serverNames(letter, count), ...joined.filter((name) => name.startsWith(letter))];
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
