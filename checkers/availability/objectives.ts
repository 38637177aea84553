/** Recovery time and recovery point: how long a fault kept everybody waiting, stage by stage, and how much of what was acknowledged a failover took. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { Recovery } from './availability.ts';
import type { Failover } from './failovers.ts';

export interface ObjectivesInput {
  readonly recoveries: readonly Recovery[];
  readonly failovers: readonly Failover[];
  /** What was acknowledged and is gone. `ret`: when it was acknowledged. */
  readonly lost: readonly { readonly message: string; readonly index: number; readonly ret: number }[];
}

/** Milliseconds; undefined where it never came to that. */
export interface Times {
  readonly faults: number;
  readonly median: number | undefined;
  readonly worst: number | undefined;
}

export interface RecoveryPoint {
  /** Undefined: no master was elected after the acknowledgement. */
  readonly masterEpoch: number | undefined;
  readonly lost: number;
  /** From the oldest acknowledgement that was lost to the election. */
  readonly ms: number;
}

const stages = ['detected', 'elected', 'writable', 'firstOk'] as const;

export function checkObjectives({ recoveries, failovers, lost }: ObjectivesInput): CheckResult {
  const found = new AnomalyCollector();
  const byNemesis: Record<string, Record<(typeof stages)[number], Times>> = {};
  for (const name of new Set(recoveries.map(nemesisOf))) {
    const own = recoveries.filter((recovery) => nemesisOf(recovery) === name);
    const of = (stage: (typeof stages)[number]) => times(own.map((recovery) => recovery[stage]));
    byNemesis[name] = {
      detected: of('detected'),
      elected: of('elected'),
      writable: of('writable'),
      firstOk: of('firstOk'),
    };
  }
  const points = recoveryPoints(failovers, lost);
  for (const { point, elected, oldest, indices } of points) {
    const detail =
      elected === undefined
        ? `${point.lost} acknowledged messages are gone, though no master was elected after them`
        : `the failover to epoch ${elected.masterEpoch} (${elected.nodes.join(', ')}) at ${(elected.time / 1e9).toFixed(3)} s took ${point.lost} acknowledged messages, the oldest ("${oldest}") acknowledged ${Math.round(point.ms)} ms before`;
    found.add({ name: 'recovery-point', detail, operations: indices, messages: [oldest] });
  }
  const slowest = times(recoveries.map(({ firstOk }) => firstOk));
  const rto =
    recoveries.length === 0
      ? 'no fault'
      : `recovery time ${ms(slowest.median)} (median), ${ms(slowest.worst)} (worst) over ${recoveries.length} faults`;
  const facts = { byNemesis, recoveryPoints: points.map(({ point }) => point) };
  return found.result(
    'availability/objectives',
    `${rto}; recovery point 0: no acknowledged message is gone`,
    facts,
  );
}

function nemesisOf({ fault }: Recovery): string {
  return fault.replace(/-\d+$/, '');
}

function ms(value: number | undefined): string {
  return value === undefined ? 'never' : `${Math.round(value)} ms`;
}

/** The median of those that came to it. */
function times(values: readonly (number | undefined)[]): Times {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const middle =
    (known[Math.floor((known.length - 1) / 2)] ?? Number.NaN) +
    (known[Math.ceil((known.length - 1) / 2)] ?? Number.NaN);
  const worst = known.at(-1);
  if (worst === undefined) return { faults: values.length, median: undefined, worst: undefined };
  return { faults: values.length, median: middle / 2e6, worst: worst / 1e6 };
}

interface Taken {
  readonly point: RecoveryPoint;
  readonly elected: Failover | undefined;
  readonly oldest: string;
  readonly indices: readonly number[];
}

const shownMax = 10;

/** A message is counted to the first failover after its acknowledgement. */
function recoveryPoints(failovers: readonly Failover[], lost: ObjectivesInput['lost']): Taken[] {
  const byFailover = new Map<Failover | undefined, ObjectivesInput['lost'][number][]>();
  const inOrder = [...failovers].sort((a, b) => a.time - b.time);
  let next = 0;
  for (const message of [...lost].sort((a, b) => a.ret - b.ret)) {
    while ((inOrder[next]?.time ?? Infinity) < message.ret) next += 1;
    const known = byFailover.get(inOrder[next]);
    if (known === undefined) byFailover.set(inOrder[next], [message]);
    else known.push(message);
  }
  return [...byFailover].map(([elected, messages]) => {
    const [oldest] = messages;
    const since = elected === undefined || oldest === undefined ? 0 : (elected.time - oldest.ret) / 1e6;
    return {
      point: { masterEpoch: elected?.masterEpoch, lost: messages.length, ms: since },
      elected,
      oldest: oldest?.message ?? '',
      indices: messages.slice(0, shownMax).map(({ index }) => index),
    };
  });
}
