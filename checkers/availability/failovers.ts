/** Elections after the start of the cluster, and whether a fault explains them. */
import type { FaultWindow } from '../history/fault-window.ts';
import { wasInjected } from '../history/fault-window.ts';
import type { TraceEvent } from '../history/replica-observation.ts';

export interface Failover {
  readonly masterEpoch: number;
  /** When it was first heard of: by the controller that elected, or by the broker that took the role. */
  readonly time: number;
  readonly nodes: readonly string[];
}

/** Time 0 is when the cluster was ready: what was elected before belongs to the start, and to the stop of all nodes what comes after `endNs`. */
export function failovers(trace: readonly TraceEvent[], endNs: number): Failover[] {
  const byEpoch = new Map<number, { masterEpoch: number; time: number; nodes: string[] }>();
  for (const event of trace) {
    const isElection =
      event.event === 'elected' || (event.event === 'role-changed' && event['role'] === 'master');
    const masterEpoch = event['masterEpoch'];
    if (!isElection || typeof masterEpoch !== 'number') continue;
    const known = byEpoch.get(masterEpoch);
    if (known === undefined) byEpoch.set(masterEpoch, { masterEpoch, time: event.time, nodes: [event.node] });
    else {
      known.time = Math.min(known.time, event.time);
      known.nodes.push(event.node);
    }
  }
  return [...byEpoch.values()]
    .filter(({ time }) => time >= 0 && time <= endNs)
    .sort((a, b) => a.time - b.time);
}

/** How long after a proven heal a failover may still come from the fault: silence, election, and bytes that were held. */
export const graceNs = 10e9;

/** Faults that touch clients alone change no role; nor do clocks that lie: silence is measured on one that never jumps, and time-outs bear a rate a little off. */
export function explains(window: FaultWindow, time: number): boolean {
  if (window.nemesis === 'clock') return false;
  if (!wasInjected(window) || window.targets.every((target) => /^w\d+$/.test(target))) return false;
  return time >= window.injected && time <= window.healed + graceNs;
}
