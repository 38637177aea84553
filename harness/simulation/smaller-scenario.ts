/** Ways to make a scenario smaller: pure, and nobody knows yet whether it still fails. */
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { FaultPlan, FaultStep } from '../../nemeses/nemesis.ts';
import type { ScheduledFault } from '../../nemeses/schedule.ts';
import type { Scenario } from './scenario.ts';

/** Longer than a look at the cluster takes. */
const waitedMsMin = 100;

/** Each fault does what it did, so that leaving one out moves no other's targets; those that found no target are left out. */
export function pinnedSchedule(
  scenario: Scenario,
  done: readonly { readonly fault: ScheduledFault; readonly plan: FaultPlan }[],
  events: readonly FaultEvent[] = [],
): Scenario {
  const schedule = scenario.schedule.flatMap((fault) => {
    const plan = done.find((one) => one.fault.id === fault.id)?.plan;
    if (plan === undefined) return [];
    const injected = events.find((event) => event.fault === fault.id && event.phase === 'inject');
    const injectedMs = (injected?.time ?? 0) / 1e6;
    // It waited for a target.
    const atMs = injectedMs > fault.atMs + waitedMsMin ? injectedMs : fault.atMs;
    return [{ ...fault, atMs, pinned: plan }];
  });
  return { ...scenario, schedule };
}

/** The load ends then; what would begin later is left out. */
export function withinTime(scenario: Scenario, timeLimitS: number): Scenario {
  const { plan, schedule, script } = scenario;
  const isWithin = ({ atMs }: { readonly atMs: number }) => atMs < timeLimitS * 1000;
  return {
    ...scenario,
    plan: { ...plan, timeLimitS, quietStartS: Math.min(plan.quietStartS, timeLimitS) },
    schedule: schedule.filter(isWithin),
    ...(script === undefined ? {} : { script: script.filter(isWithin) }),
  };
}

/** Hosts beyond the number are gone, from the faults too. */
export function onFewerNodes(
  scenario: Scenario,
  size: { readonly nodes?: number; readonly controllers?: number },
): Scenario {
  const { plan, schedule } = scenario;
  const nodes = size.nodes ?? plan.nodes;
  const controllers = size.controllers ?? plan.controllers;
  // A spare host is the one behind the last: on fewer nodes it would be another one.
  const isAmong = (host: string, now: number, before: number) =>
    Number(host.slice(1)) <= (now === before ? before + 1 : now);
  const isThere = (host: string) => {
    if (host.startsWith('n')) return isAmong(host, nodes, plan.nodes);
    return !host.startsWith('c') || isAmong(host, controllers, plan.controllers);
  };
  return {
    ...scenario,
    plan: { ...plan, nodes, controllers, minInSyncReplicas: Math.min(plan.minInSyncReplicas, nodes) },
    schedule: schedule.flatMap((fault) => {
      if (fault.pinned === undefined) return [fault];
      const { targets, links, nodes: hit } = fault.pinned;
      const pinned = {
        ...fault.pinned,
        targets: targets.filter(isThere),
        links: links.filter((link) => link.every(isThere)),
        nodes: hit.filter(isThere),
        ...(fault.pinned.steps === undefined ? {} : { steps: stepsAmong(fault.pinned.steps, isThere) }),
      };
      return pinned.links.length + pinned.nodes.length === 0 ? [] : [{ ...fault, pinned }];
    }),
  };
}

/** What befalls hosts that are there; the times of the others stay. */
function stepsAmong(steps: readonly FaultStep[], isThere: (host: string) => boolean): readonly FaultStep[] {
  const left = steps.map((step) =>
    step.verb === 'cut' ? { ...step, links: step.links.filter((link) => link.every(isThere)) } : step,
  );
  return withoutSteps(
    left,
    left.filter((step) =>
      'node' in step ? !isThere(step.node) : step.verb === 'cut' && step.links.length === 0,
    ),
  );
}

/** The steps after those left out come when they came before; who was cut no more needs no heal. */
export function withoutSteps(
  steps: readonly FaultStep[],
  leftOut: readonly FaultStep[],
): readonly FaultStep[] {
  const cuts = new Set(leftOut.flatMap((step) => (step.verb === 'cut' ? [step.cut] : [])));
  const kept: FaultStep[] = [];
  let lateMs = 0;
  for (const step of steps) {
    lateMs += step.afterMs;
    if (leftOut.includes(step) || (step.verb === 'heal' && cuts.has(step.cut))) continue;
    kept.push({ ...step, afterMs: lateMs });
    lateMs = 0;
  }
  return kept;
}

/** Faults and operations begin at whole multiples of so many milliseconds. */
export function roundedTime(scenario: Scenario, ms: number): Scenario {
  const round = (value: number) => Math.max(ms, Math.round(value / ms) * ms);
  const { schedule, script } = scenario;
  const rounded = <T extends { readonly atMs: number }>(one: T): T => ({ ...one, atMs: round(one.atMs) });
  return {
    ...scenario,
    schedule: schedule.map(rounded),
    ...(script === undefined ? {} : { script: script.map(rounded) }),
  };
}
