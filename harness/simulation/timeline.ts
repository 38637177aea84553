/** The story of a failed run for people: faults, roles, SyncStateSets, cuts of logs, and the operations that show the failure. */
import type { Anomaly, AnomalyName } from '../../checkers/anomaly.ts';
import type { FaultEvent, FaultLink } from '../../checkers/history/fault.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import { pairOperations } from '../../checkers/history/paired-operations.ts';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { clientHosts, type RunPlan } from '../record/run-plan.ts';
import { operationText } from './trace-entry.ts';

/** What of a run the story is told from. */
export interface Told {
  readonly plan: RunPlan;
  /** So few operations that all matter. */
  readonly isScripted: boolean;
  readonly anomalies: readonly Anomaly[];
  readonly faults: readonly FaultEvent[];
  readonly trace: readonly TraceEvent[];
  readonly operations: readonly Operation[];
  /** Host by the broker id that the controller gave. */
  readonly brokerIds: Readonly<Record<string, string>>;
}

export interface TimelineLine {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
}

/** All of the load of a scripted run are shown, unless they are more. */
const scriptShownMax = 15;
/** A partition down the middle has dozens. */
const linksShownMax = 12;
/** Operations of one anomaly. */
const shownMax = 10;

export function timelineText(told: Told, failure: AnomalyName): string[] {
  const lines = timelineOf(told, failure);
  const width = Math.max(...lines.map(({ who }) => who.length), 4);
  return lines.map(
    ({ atMs, who, what }) => `${(atMs / 1000).toFixed(3).padStart(9)}  ${who.padEnd(width)}  ${what}`,
  );
}

export function timelineOf(told: Told, failure: AnomalyName): TimelineLine[] {
  const anomaly = told.anomalies.find(({ name }) => name === failure);
  const events = [...serverLines(told), ...faultLines(told), ...operationLines(told, anomaly)];
  const load = events.filter(({ atMs }) => atMs >= 0).sort((a, b) => a.atMs - b.atMs);
  const start = { atMs: 0, who: '', what: startSentence(told) };
  const endMs = Math.max(0, ...load.map(({ atMs }) => atMs));
  const end =
    anomaly === undefined ? [] : [{ atMs: endMs, who: 'judge', what: `${failure}: ${anomaly.detail}` }];
  return [start, ...load, ...end];
}

/** Who was what before the load began. */
function startSentence(told: Told): string {
  const before = told.trace.filter(({ time }) => time < 0);
  const master = before.findLast(({ event, role }) => event === 'role-changed' && role === 'master');
  const set = before.findLast(({ event }) => event === 'sync-state-set');
  const leader = before.findLast(({ event, role }) => event === 'leadership' && role === 'leader');
  return [
    master === undefined ? 'no master' : `${master.node} is master of epoch ${String(master['masterEpoch'])}`,
    `SyncStateSet ${set === undefined ? 'unknown' : setText(told, set['set'])}`,
    `${leader?.node ?? 'nobody'} leads the controllers`,
  ].join(', ');
}

function serverLines(told: Told): TimelineLine[] {
  let lastSet = '';
  const elections = new Set<string>();
  const masters = new Set<string>();
  return told.trace.flatMap((event) => {
    const what = eventSentence(told, event);
    if (what === undefined) return [];
    if (event.event === 'role-changed') {
      // That the others follow whoever is elected goes without saying; that a master steps down does not.
      if (event['role'] === 'master') masters.add(event.node);
      else if (!masters.delete(event.node)) return [];
    }
    if (event.event === 'elected') {
      // Each controller says it when it learns of it.
      if (elections.has(what)) return [];
      elections.add(what);
    }
    if (Array.isArray(event['set'])) {
      // The master repeats what a controller has just said.
      const set = `${String(event['masterEpoch'])} ${setText(told, event['set'])}`;
      if (event.event === 'sync-state-set' && set === lastSet) return [];
      lastSet = set;
    }
    return [{ atMs: event.time / 1e6, who: event.node, what }];
  });
}

/** Undefined: what happens all the time. */
function eventSentence(told: Told, event: TraceEvent): string | undefined {
  const field = (name: string) => String(event[name]);
  switch (event.event) {
    case 'role-changed':
      return event['role'] === 'master'
        ? `becomes master of epoch ${field('masterEpoch')}, from log offset ${field('startOffset')}`
        : `becomes slave of ${hostOf(told, event['masterBrokerId'])}, epoch ${field('masterEpoch')}`;
    case 'elected':
      return event['masterBrokerId'] === null
        ? `elects nobody: epoch ${field('masterEpoch')} has no master`
        : `elects ${hostOf(told, event['masterBrokerId'])} master of epoch ${field('masterEpoch')}, SyncStateSet ${setText(told, event['set'])}`;
    case 'sync-state-set':
      return `SyncStateSet ${setText(told, event['set'])} (epoch ${field('masterEpoch')}, change ${field('setEpoch')})`;
    case 'truncated':
      return `cuts its log from ${field('from')} to ${field('to')}; confirmed was ${field('confirmOffset')}`;
    case 'leadership':
      return event['role'] === 'leader' ? `leads the controllers in term ${field('term')}` : undefined;
    case 'truncate-below-confirm':
    case 'invariant-broken':
      return `${event.event}: ${field('message')}`;
    default:
      return undefined;
  }
}

function faultLines({ faults }: Told): TimelineLine[] {
  return faults.flatMap((event) => {
    if (event.phase === 'bit' || event.phase === 'healed') return [];
    const name = `${event.nemesis} ${event.variant}`;
    const what =
      event.phase === 'inject'
        ? `${name} begins: ${hit(event)}`
        : `${name} ${event.phase === 'heal' ? 'ends' : `failed: ${String(event.proof?.['reason'])}`}`;
    return [{ atMs: event.time / 1e6, who: event.fault, what }];
  });
}

function hit({ links, targets }: FaultEvent): string {
  if (links === undefined) return targets.join(', ');
  if (links.length > linksShownMax) return `${links.length} links, those of ${targets.join(' ')}`;
  const both = (link: FaultLink) => links.some(([from, to]) => from === link[1] && to === link[0]);
  const shown = links.flatMap((link) => {
    const [from, to] = link;
    if (!both(link)) return [`${from} > ${to}`];
    return from < to ? [`${from} <> ${to}`] : [];
  });
  return shown.join(', ');
}

function operationLines(told: Told, anomaly: Anomaly | undefined): TimelineLine[] {
  const pairs = pairOperations(told.operations);
  const named = new Set(anomaly?.operations.slice(0, shownMax));
  const load = pairs.filter(({ invoked }) => isOfLoad(told, invoked));
  const isAllShown = told.isScripted && load.length <= scriptShownMax;
  return pairs.flatMap(({ invoked, done }) => {
    const isNamed = named.has(invoked.index) || (done !== undefined && named.has(done.index));
    if (!isNamed && !(isAllShown && isOfLoad(told, invoked))) return [];
    const { process } = invoked;
    const who = isOfLoad(told, invoked)
      ? `w${((process % told.plan.concurrency) % clientHosts) + 1}`
      : 'final read';
    const asked = `${invoked.f} ${operationText(done ?? invoked)}`;
    const node = done?.node === undefined ? '' : ` by ${done.node}`;
    const answer = done === undefined ? 'never answered' : `${done.type}${node}`;
    const sinceMs = ((done?.time ?? invoked.time) - invoked.time) / 1e6;
    const since = sinceMs < 100 ? '' : `, asked at ${(invoked.time / 1e9).toFixed(3)}`;
    return [{ atMs: (done?.time ?? invoked.time) / 1e6, who, what: `${asked}: ${answer}${since}` }];
  });
}

/** The last reads are done by processes of the harness itself, past all links. */
function isOfLoad({ plan }: Told, { time, f }: Operation): boolean {
  return time < plan.timeLimitS * 1e9 && !f.startsWith('replica');
}

function setText(told: Told, set: unknown): string {
  if (!Array.isArray(set)) return String(set);
  return `{${set
    .map((id) => hostOf(told, id))
    .sort()
    .join(' ')}}`;
}

function hostOf({ brokerIds }: Told, id: unknown): string {
  return brokerIds[String(id)] ?? `broker ${String(id)}`;
}
