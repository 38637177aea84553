/**
 * Recovery time after each fault, by stage; failovers that no fault explains; and a group that does not come back when all is well.
 *
 * The clock of the run is the harness's monotonic one; times of trace events are as exact as the two clocks agree.
 */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { type FaultWindow, wasInjected } from '../history/fault-window.ts';
import type { TraceEvent } from '../history/replica-observation.ts';
import { explains, failovers, graceNs } from './failovers.ts';
import { firstAfter, length, longestSilence } from './longest-silence.ts';
import type { SendTimes } from './send-times.ts';

/** Nanoseconds after the injection of a fault; undefined: that did not happen within the window. */
export interface Recovery {
  readonly fault: string;
  readonly variant: string;
  readonly targets: readonly string[];
  /** A controller found a broker inactive. */
  readonly detected: number | undefined;
  /** A controller elected a master. */
  readonly elected: number | undefined;
  /** The new master took its role. */
  readonly writable: number | undefined;
  /** The first send acknowledged: after the longest silence of the window, where there was one worth the name. */
  readonly firstOk: number | undefined;
  /** The longest time without an acknowledged send that reaches into the window. */
  readonly gap: number;
}

export interface AvailabilityInput {
  readonly sends: SendTimes;
  readonly windows: readonly FaultWindow[];
  readonly trace: readonly TraceEvent[];
  readonly endNs: number;
  /** With no fault at work, sends must be acknowledged again within this time. */
  readonly recoveryNs: number;
}

/** When sends were invoked and acknowledged, rising. */
interface Sends {
  readonly invoked: Float64Array;
  readonly acknowledged: Float64Array;
  readonly lastTry: number;
}

/** A shorter pause is the ordinary distance between two acknowledgements. */
const silenceNs = 100e6;
/** Fewer sends that get no answer prove nothing. */
const triesMin = 10;

/** Of each fault that was injected. */
export function recoveriesOf(input: Omit<AvailabilityInput, 'recoveryNs'>): Recovery[] {
  return recoveriesBy(sendsOf(input.sends), input);
}

function recoveriesBy(
  sends: Sends,
  { windows, trace, endNs }: Pick<AvailabilityInput, 'windows' | 'trace' | 'endNs'>,
): Recovery[] {
  return windows.filter(wasInjected).map((window) => recoveryOf(window, sends, trace, endNs));
}

function sendsOf(times: SendTimes): Sends {
  const invoked = times.invoked();
  return { invoked, acknowledged: times.acknowledged(), lastTry: invoked.at(-1) ?? 0 };
}

export function checkAvailability(input: AvailabilityInput): CheckResult {
  const { trace } = input;
  const windows = input.windows.filter(wasInjected);
  const found = new AnomalyCollector();
  const sends = sendsOf(input.sends);
  const recoveries = recoveriesBy(sends, input);
  const elections = failovers(trace, input.endNs);
  for (const { masterEpoch, time, nodes } of elections) {
    if (windows.some((window) => explains(window, time))) continue;
    const detail = `epoch ${masterEpoch} was elected ${seconds(time)} s into the run, when no fault was at work`;
    found.add({ name: 'failover-without-fault', detail, operations: [], at: time, nodes });
  }
  for (const calm of calmTimes(windows, sends.lastTry)) {
    const due = calm.from + input.recoveryNs;
    if (due > calm.to || countIn(sends.acknowledged, calm.from, due) > 0) continue;
    if (countIn(sends.invoked, calm.from, due) < triesMin) continue;
    const detail = `no send was acknowledged for ${seconds(input.recoveryNs)} s from ${seconds(calm.from)} s on, though no fault was at work`;
    found.add({ name: 'unavailable', detail, operations: [], at: calm.from });
  }
  const evidence = `${elections.length} failover${elections.length === 1 ? '' : 's'}, ${pauses(recoveries)}`;
  return found.result('availability', evidence, { recoveries, failovers: elections.length });
}

function pauses(recoveries: readonly Recovery[]): string {
  const gaps = recoveries.map(({ gap }) => gap / 1e6).sort((a, b) => a - b);
  const [median, worst] = [gaps[Math.floor((gaps.length - 1) / 2)], gaps.at(-1)];
  if (median === undefined || worst === undefined) return 'no fault';
  return `longest pause of sends by fault: median ${Math.round(median)} ms, worst ${Math.round(worst)} ms`;
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(1);
}

/** How many lie in (from, to]. */
function countIn(times: Float64Array, from: number, to: number): number {
  return firstAfter(times, to) - firstAfter(times, from);
}

function recoveryOf(
  window: FaultWindow,
  { acknowledged, lastTry }: Sends,
  trace: readonly TraceEvent[],
  endNs: number,
): Recovery {
  const { injected, fault, variant, targets } = window;
  const until = Math.min(window.healed + graceNs, endNs);
  const silence = longestSilence(acknowledged, injected, Math.min(window.healed, endNs), lastTry);
  const gap = length(silence, lastTry);
  const firstOk = gap < silenceNs ? acknowledged[firstAfter(acknowledged, injected)] : silence.to;
  const after = (event: string, also: (event: TraceEvent) => boolean = () => true) => {
    const first = trace.find(
      (one) => one.event === event && one.time >= injected && one.time <= until && also(one),
    );
    return first === undefined ? undefined : first.time - injected;
  };
  return {
    fault,
    variant,
    targets,
    detected: after('broker-inactive'),
    elected: after('elected'),
    writable: after('role-changed', (event) => event['role'] === 'master'),
    firstOk: firstOk === undefined || firstOk === Infinity ? undefined : firstOk - injected,
    gap,
  };
}

/** The stretches of the run in which no fault was at work. */
function calmTimes(
  windows: readonly FaultWindow[],
  endNs: number,
): { readonly from: number; readonly to: number }[] {
  const calm: { from: number; to: number }[] = [];
  let from = 0;
  for (const { injected, healed } of windows) {
    if (injected > from) calm.push({ from, to: injected });
    from = Math.max(from, healed);
  }
  if (endNs > from) calm.push({ from, to: endNs });
  return calm;
}
