/** From a full SyncStateSet, whatever one broker is dead or stands still, a minority of controllers with it, sends go on after a short while. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { type FaultWindow, wasInjected } from '../history/fault-window.ts';
import type { TraceEvent } from '../history/replica-observation.ts';
import { times } from '../times.ts';
import { firstAfter, length, longestSilence } from './longest-silence.ts';
import type { SendTimes } from './send-times.ts';

export interface SingleFaultsInput {
  readonly sends: SendTimes;
  readonly windows: readonly FaultWindow[];
  readonly trace: readonly TraceEvent[];
  readonly endNs: number;
  readonly brokers: readonly string[];
  readonly controllers: readonly string[];
  readonly minInSyncReplicas: number;
}

/** A broker's time-out of 1.5 s, an election, a client that finds the new master; twice that for good measure. */
const brokerBoundNs = 4e9;
/** And a new leading controller first, which lets everybody speak before it calls anybody dead. */
const controllerBoundNs = 8e9;
/** What was healed so long before is over. */
const calmNs = 3e9;
const triesMin = 10;
/** Faults that hit whole nodes, and nothing else. */
const plainFaults: ReadonlySet<string> = new Set(['kill', 'pause']);

export function checkSingleFaults(input: SingleFaultsInput): CheckResult {
  const found = new AnomalyCollector();
  const windows = input.windows.filter(wasInjected);
  const acknowledged = input.sends.acknowledged();
  const invoked = input.sends.invoked();
  const lastTry = invoked.at(-1) ?? 0;
  let judged = 0;
  for (const window of windows) {
    const due = obligationOf(window, windows, input);
    if (due === undefined) continue;
    judged += 1;
    const silence = longestSilence(acknowledged, due.from, due.to, lastTry);
    const to = Math.min(silence.to, due.to);
    if (length({ from: silence.from, to }, lastTry) <= due.boundNs) continue;
    if (firstAfter(invoked, to) - firstAfter(invoked, silence.from) < triesMin) continue;
    const lasted = ((Math.min(to, lastTry) - silence.from) / 1e9).toFixed(1);
    const detail =
      `no send was acknowledged for ${lasted} s from ${(silence.from / 1e9).toFixed(1)} s on, wanted ${due.boundNs / 1e9} s or less: ` +
      `all that was at work was ${window.fault} on ${due.hosts.join(', ')}, and the SyncStateSet was full before`;
    found.add({ name: 'unavailable', detail, operations: [], at: silence.from, nodes: due.hosts });
  }
  return found.result(
    'availability/single-faults',
    `one broker alone, or a minority of controllers with it, was down ${times(judged)}${judged === 0 ? '' : ', and sends went on'}`,
    { judged },
  );
}

interface Obligation {
  readonly from: number;
  readonly to: number;
  readonly boundNs: number;
  readonly hosts: readonly string[];
}

/** Undefined where more is broken than the group promises to bear, or not for long enough. */
function obligationOf(
  window: FaultWindow,
  windows: readonly FaultWindow[],
  input: SingleFaultsInput,
): Obligation | undefined {
  const { brokers, controllers, minInSyncReplicas, endNs, trace } = input;
  const atWork = windows.filter(
    ({ injected, healed }) => injected < window.healed && healed > window.injected - calmNs,
  );
  if (!atWork.every(({ nemesis }) => plainFaults.has(nemesis))) return undefined;
  const hosts = [...new Set(atWork.flatMap(({ targets }) => targets))].sort();
  const hit = (group: readonly string[]) => hosts.filter((host) => group.includes(host)).length;
  const [brokersHit, controllersHit] = [hit(brokers), hit(controllers)];
  if (brokersHit + controllersHit < hosts.length || hosts.length === 0) return undefined;
  if (brokersHit > 1 || brokers.length - brokersHit < minInSyncReplicas) return undefined;
  if (controllersHit * 2 >= controllers.length) return undefined;
  const first = Math.min(...atWork.map(({ injected }) => injected));
  if (syncStateSetSize(trace, first) < brokers.length) return undefined;
  const from = Math.max(...atWork.map(({ active, injected }) => active?.from ?? injected));
  const boundNs = controllersHit === 0 ? brokerBoundNs : controllerBoundNs;
  const to = Math.min(window.healed, endNs);
  return to - from > boundNs ? { from, to, boundNs, hosts } : undefined;
}

/** As the cluster told it last before a moment. */
function syncStateSetSize(trace: readonly TraceEvent[], before: number): number {
  let size = 0;
  for (const { time, event, set } of trace) {
    if (time > before) break;
    if ((event === 'sync-state-set' || event === 'elected') && Array.isArray(set)) size = set.length;
  }
  return size;
}
