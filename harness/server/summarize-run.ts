/** From run.json and results.json to one row. Both may be of another version, or of somebody else: what is not there is left out. */
import { median } from '../median.ts';
import { type JsonRecord, listOf, numberOf, recordOf, textOf, textsOf } from './json-value.ts';
import type { FaultGaps, Figures, Outcome, RunSummary } from './run-summary.ts';

export type RunFacts = Pick<
  RunSummary,
  | 'outcome'
  | 'seconds'
  | 'seed'
  | 'workload'
  | 'nemeses'
  | 'world'
  | 'bug'
  | 'anomalies'
  | 'why'
  | 'figures'
  | 'gaps'
  | 'settings'
>;

export function summarizeRun(record: JsonRecord, results: JsonRecord): RunFacts {
  const plan = recordOf(record['plan']);
  const checkers = listOf(results['checkers']).map(recordOf);
  const outcome = outcomeOf(results['verdict']);
  return {
    outcome,
    seconds: secondsOf(recordOf(results['phases'])),
    seed: numberOf(results['seed']) ?? numberOf(plan['seed']),
    ...planFacts(plan),
    anomalies: textsOf(results['anomalies']),
    why: whyOf(outcome, checkers, record),
    figures: figuresOf(record, checkers),
    gaps: gapsOf(checkers),
  };
}

export function outcomeOf(verdict: unknown): Outcome {
  return verdict === 'valid' || verdict === 'invalid' || verdict === 'unknown' ? verdict : 'broke';
}

const comparedSettings: Readonly<Record<string, string>> = {
  rate: 'rate',
  timeLimitS: 'time limit',
  concurrency: 'concurrency',
  queues: 'queues',
  nodes: 'nodes',
  controllers: 'controllers',
  flush: 'flush',
  minInSyncReplicas: 'min in-sync',
  nemesisIntervalS: 'nemesis interval',
};

/** What the plan of a run says; a plan is in run.json, and in progress.json. */
export function planFacts(
  plan: JsonRecord,
): Pick<RunSummary, 'workload' | 'nemeses' | 'world' | 'bug' | 'settings'> {
  const settings: Record<string, string> = {};
  for (const [key, name] of Object.entries(comparedSettings)) {
    const value = plan[key];
    if (typeof value === 'number' || typeof value === 'string') settings[name] = String(value);
  }
  const swarm = plan['swarm'] !== undefined;
  return {
    workload: textOf(plan['workload']),
    nemeses: swarm ? ['swarm'] : textsOf(plan['nemeses']),
    world: textOf(plan['deployment']),
    bug: textOf(plan['bug']),
    // Each seed of a swarm has settings of its own: they are no configuration.
    settings: swarm ? {} : settings,
  };
}

function secondsOf(phases: JsonRecord): number | undefined {
  const known = Object.values(phases).map(numberOf);
  if (known.length === 0) return undefined;
  return known.reduce<number>((sum, phase) => sum + (phase ?? 0), 0);
}

function whyOf(outcome: Outcome, checkers: readonly JsonRecord[], record: JsonRecord): string {
  if (outcome === 'valid') return '';
  if (outcome === 'broke') return 'results.json has no verdict';
  const interrupted = textOf(record['interrupted']);
  if (interrupted !== '' && outcome === 'unknown') return `interrupted: ${interrupted}`;
  const worst = checkers.find((checker) => checker['verdict'] === outcome);
  if (worst === undefined) return '';
  return `${textOf(worst['checker'])}: ${textOf(worst['evidence']).split('\n')[0] ?? ''}`;
}

/** Reads of replicas belong to the end of the run, not to its load. */
const loadFs: readonly string[] = ['send', 'pull', 'max-offset', 'min-offset'];

function figuresOf(record: JsonRecord, checkers: readonly JsonRecord[]): Figures | undefined {
  const stats = factsOf(checkers, 'stats');
  const acknowledged = numberOf(stats['acknowledged']);
  const ns = numberOf(record['finalFromNs']) ?? numberOf(record['endNs']);
  if (acknowledged === undefined || ns === undefined || ns <= 0) return undefined;
  const byF = recordOf(stats['byF']);
  const ok = loadFs.reduce((sum, f) => sum + (numberOf(recordOf(byF[f])['ok']) ?? 0), 0);
  const seconds = ns / 1e9;
  return { seconds, ok, acknowledged, okPerS: ok / seconds, acknowledgedPerS: acknowledged / seconds };
}

function gapsOf(checkers: readonly JsonRecord[]): Readonly<Record<string, FaultGaps>> {
  const byNemesis = new Map<string, number[]>();
  for (const recovery of listOf(factsOf(checkers, 'availability')['recoveries']).map(recordOf)) {
    const gap = numberOf(recovery['gap']);
    if (gap === undefined) continue;
    const nemesis = textOf(recovery['fault']).replace(/-\d+$/, '');
    byNemesis.set(nemesis, [...(byNemesis.get(nemesis) ?? []), gap / 1e6]);
  }
  return Object.fromEntries(
    [...byNemesis].map(([nemesis, gaps]) => {
      return [nemesis, { faults: gaps.length, worst: Math.max(...gaps), median: median(gaps) }];
    }),
  );
}

function factsOf(checkers: readonly JsonRecord[], name: string): JsonRecord {
  return recordOf(checkers.find((one) => one['checker'] === name)?.['facts']);
}
