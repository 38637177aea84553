/** What the page of a run that goes on shows, as data: a pure function of what its folder said. */
import { type ServerLetter, serverNames } from '../server-names.ts';
import type { FaultBand } from './fault-bands.ts';
import { type JsonRecord, numberOf, recordOf, textOf, textsOf } from './json-value.ts';
import type { SeriesTotals } from './run-series.ts';
import type { Outcome, RunSummary } from './run-summary.ts';

export interface LiveNode {
  readonly name: string;
  readonly kind: 'broker' | 'controller';
  /** 'master, epoch 3', 'in the SyncStateSet', 'leads the controllers', ... */
  readonly role: string;
  readonly mark: 'master' | 'slave' | '';
  /** Faults at work that were aimed at it. */
  readonly hits: readonly string[];
}

export interface LiveState {
  readonly outcome: Outcome;
  readonly phases: readonly { readonly name: string; readonly state: 'past' | 'now' | 'next' }[];
  /** Seconds since the start, by the wall clock; of the whole run where it is over. */
  readonly elapsedS: number;
  /** Of the load; null before it. */
  readonly load: { readonly elapsedS: number; readonly limitS: number } | null;
  readonly totals: SeriesTotals;
  readonly nodes: readonly LiveNode[];
  readonly bands: readonly FaultBand[];
  readonly notes: readonly string[];
  /** Present when it is over. */
  readonly ended?: { readonly why: string; readonly anomalies: readonly string[]; readonly report: string };
}

export const runPhases = ['starting', 'load', 'healing', 'final reads', 'stopping', 'judging'] as const;

export interface LiveInput {
  readonly summary: RunSummary;
  readonly progress: JsonRecord | undefined;
  readonly totals: SeriesTotals;
  readonly bands: readonly FaultBand[];
  /** Where it leads when it is over. */
  readonly address: string;
  readonly nowMs: number;
}

export function liveState({ summary, progress = {}, totals, bands, address, nowMs }: LiveInput): LiveState {
  const goesOn = summary.outcome === 'running';
  const load = recordOf(progress['load']);
  const startMs = numberOf(progress['startWallMs']) ?? summary.startMs;
  const endMs = goesOn ? nowMs : (numberOf(progress['updatedWallMs']) ?? startMs);
  return {
    outcome: summary.outcome,
    phases: phasesOf(summary, progress),
    elapsedS: summary.seconds ?? Math.max(0, endMs - startMs) / 1000,
    load: loadOf(summary, progress, totals, nowMs),
    totals,
    nodes: goesOn ? nodesOf(recordOf(progress['plan']), load, bands) : [],
    bands,
    notes: textsOf(progress['notes']),
    ...(goesOn ? {} : { ended: { why: summary.why, anomalies: summary.anomalies, report: address } }),
  };
}

function phasesOf({ outcome }: RunSummary, progress: JsonRecord): LiveState['phases'] {
  const isJudged = outcome === 'valid' || outcome === 'invalid' || outcome === 'unknown';
  const here = (runPhases as readonly string[]).indexOf(textOf(progress['phase']));
  return runPhases.map((name, at) => ({
    name,
    state: isJudged || at < here ? 'past' : at === here ? 'now' : 'next',
  }));
}

function loadOf(
  { outcome, settings }: RunSummary,
  progress: JsonRecord,
  totals: SeriesTotals,
  nowMs: number,
): LiveState['load'] {
  const limitS = numberOf(recordOf(progress['plan'])['timeLimitS']) ?? Number(settings['time limit'] ?? 0);
  // What was judged had its load whole, or was stopped by hand.
  if (outcome !== 'running')
    return limitS > 0
      ? { elapsedS: outcome === 'broke' ? Math.min(limitS, totals.lastS) : limitS, limitS }
      : null;
  const startMs = numberOf(progress['loadStartWallMs']);
  if (startMs === undefined) return null;
  return { elapsedS: Math.min(limitS, Math.max(0, nowMs - startMs) / 1000), limitS };
}

function nodesOf(plan: JsonRecord, load: JsonRecord, bands: readonly FaultBand[]): readonly LiveNode[] {
  // What a file says: no more than a page can show.
  const names = (letter: ServerLetter, count: unknown) =>
    serverNames(letter, Math.max(0, Math.min(20, numberOf(count) ?? 0)));
  const hitsOf = (name: string) =>
    bands
      .filter(({ to, targets }) => to === null && targets.includes(name))
      .map(({ name: fault, variant }) => `${fault} ${variant}`);
  const isKnown = numberOf(load['elapsedS']) !== undefined;
  const inSync = textsOf(load['syncStateSet']);
  const master = textOf(load['master']);
  const leader = textOf(load['controllerLeader']);
  const roleOf = (name: string) => {
    if (!isKnown) return 'not known yet';
    if (name === master) return `master, epoch ${numberOf(load['masterEpoch']) ?? '?'}`;
    if (leader === '') return 'no controller answers';
    return inSync.includes(name) ? 'in the SyncStateSet' : 'not in the SyncStateSet';
  };
  return [
    ...names('n', plan['nodes']).map((name): LiveNode => {
      const mark = name === master ? 'master' : inSync.includes(name) ? 'slave' : '';
      return { name, kind: 'broker', role: roleOf(name), mark, hits: hitsOf(name) };
    }),
    ...names('c', plan['controllers']).map((name): LiveNode => {
      const role = !isKnown ? 'not known yet' : name === leader ? 'leads the controllers' : 'controller';
      return { name, kind: 'controller', role, mark: name === leader ? 'slave' : '', hits: hitsOf(name) };
    }),
  ];
}
