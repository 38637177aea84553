/**
 * Recovery time after each fault, by stage, and failovers that no fault explains.
 *
 * The clock of the run is the harness's monotonic one; times of trace events are as exact as the two clocks agree.
 */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { FaultWindow } from '../history/fault-window.ts';
import type { Operation } from '../history/operation.ts';
import type { TraceEvent } from '../history/replica-observation.ts';

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
  /** First send acknowledged after the longest silence of the window. */
  readonly firstOk: number | undefined;
  /** The longest time without an acknowledged send that began within the window. */
  readonly gap: number;
}

/** How long after a proven heal a failover may still come from the fault: silence, election, and bytes that were held. */
const graceNs = 10e9;

export function checkAvailability(
  operations: Iterable<Operation>,
  windows: readonly FaultWindow[],
  trace: readonly TraceEvent[],
  endNs: number,
): CheckResult {
  const found = new AnomalyCollector();
  const acknowledgements = acknowledgementTimes(operations);
  const recoveries = windows.map((window) => recoveryOf(window, acknowledgements, trace, endNs));
  let failovers = 0;
  let epochs = 0;
  for (const event of trace) {
    if (event.event !== 'elected') continue;
    epochs += 1;
    if (event['masterEpoch'] === 1) continue;
    failovers += 1;
    if (windows.some(({ injected, healed }) => event.time >= injected && event.time <= healed + graceNs))
      continue;
    const detail = `epoch ${String(event['masterEpoch'])} was elected ${(event.time / 1e9).toFixed(1)} s into the run, when no fault was at work`;
    found.add({ name: 'failover-without-fault', detail, operations: [], nodes: [event.node] });
  }
  const gaps = recoveries.map(({ gap }) => gap / 1e6).sort((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)];
  const evidence = `${failovers} failovers; longest pauses of sends by fault: ${
    median === undefined
      ? 'no fault'
      : `median ${Math.round(median)} ms, worst ${Math.round(gaps.at(-1) ?? 0)} ms`
  }`;
  return found.result('availability', evidence, { recoveries, failovers, epochs });
}

function acknowledgementTimes(operations: Iterable<Operation>): Float64Array {
  const times: number[] = [];
  for (const { f, type, time } of operations) if (f === 'send' && type === 'ok') times.push(time);
  return Float64Array.from(times).sort();
}

function recoveryOf(
  window: FaultWindow,
  acknowledgements: Float64Array,
  trace: readonly TraceEvent[],
  endNs: number,
): Recovery {
  const { injected } = window;
  const until = Math.min(window.healed + graceNs, endNs);
  const silence = longestSilence(acknowledgements, injected, Math.min(window.healed, endNs));
  const after = (event: string, also: (event: TraceEvent) => boolean = () => true) => {
    const first = trace.find(
      (one) => one.event === event && one.time >= injected && one.time <= until && also(one),
    );
    return first === undefined ? undefined : first.time - injected;
  };
  return {
    fault: window.fault,
    variant: window.variant,
    targets: window.targets,
    detected: after('broker-inactive'),
    elected: after('elected'),
    writable: after('role-changed', (event) => event['role'] === 'master'),
    firstOk: silence.end === undefined ? undefined : silence.end - injected,
    gap: silence.length,
  };
}

/** Of the silences that begin at or after `from`, or reach over it, and before `to`. */
function longestSilence(
  times: Float64Array,
  from: number,
  to: number,
): { length: number; end: number | undefined } {
  let last = from;
  let longest: { length: number; end: number | undefined } = { length: 0, end: undefined };
  for (const time of times) {
    if (time <= from) continue;
    if (time - last > longest.length) longest = { length: time - last, end: time };
    last = time;
    if (last > to) return longest;
  }
  return longest;
}
