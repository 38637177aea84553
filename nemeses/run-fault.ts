/** Carries one scheduled fault through: target, inject, proof, wait, heal, proof. Tells each step as it happens. */
import type { FaultEvent, FaultPhase, FaultProof } from '../checkers/history/fault.ts';
import type { Clock } from '../cluster/runtime/clock.ts';
import type { Random } from '../cluster/runtime/random.ts';
import type { ActiveFault, BreakableCluster, FaultPlan, Nemesis, NoTarget, ProbeResult } from './nemesis.ts';
import type { ScheduledFault } from './schedule.ts';
import { wait, waitUnlessStopped } from './wait.ts';

export interface FaultRun {
  readonly cluster: BreakableCluster;
  readonly nemesis: Nemesis;
  readonly clock: Clock;
  /** The fault's own stream: `random.fork(fault.id)` of the run's. */
  readonly random: Random;
  /** Called at the moment the event happens; the caller adds the time. */
  tell(event: Omit<FaultEvent, 'time'>): void;
  /** What a fault will do, just before it does it. */
  planned?(fault: ScheduledFault, plan: FaultPlan): void;
  /** Aborted: whatever is injected is healed at once (the end of the load, Ctrl-C). */
  readonly stop: AbortSignal;
}

/** How long to look for a target: an election may be under way. */
export const targetPatienceMs = 2500;
export const bitePatienceMs = 6000;
/** A node that was killed has to start and recover its log. */
export const healPatienceMs = 20_000;
const askAgainMs = 50;

/** `healed`: bit and healed, both proven. Rejects never: what goes wrong is a `failed` event. */
export async function runFault(fault: ScheduledFault, run: FaultRun): Promise<'healed' | 'failed'> {
  const { plan, instead } = await findPlan(fault, run);
  const tell = (phase: FaultPhase, proof?: FaultProof) =>
    run.tell({
      fault: fault.id,
      phase,
      nemesis: fault.nemesis,
      variant: plan.variant,
      targets: plan.kind === 'planned' ? plan.targets : [],
      ...(plan.kind === 'planned' && plan.links.length > 0 ? { links: plan.links } : {}),
      ...(proof === undefined ? {} : { proof }),
    });
  if (plan.kind === 'no-target') {
    tell('failed', { reason: `no target: ${plan.reason}` });
    return 'failed';
  }
  run.planned?.(fault, plan);
  tell(
    'inject',
    instead === undefined && plan.amounts === undefined ? undefined : { ...instead, ...plan.amounts },
  );
  let active: ActiveFault;
  try {
    active = await run.nemesis.inject(run.cluster, plan, run.clock);
  } catch (error) {
    tell('failed', { reason: `could not be injected: ${messageOf(error)}` });
    return 'failed';
  }
  const bit = await prove(() => active.probeBit(), bitePatienceMs, run);
  if (bit.proven) tell('bit', bit.proof);
  else tell('failed', { reason: 'no proof that it bit', ...bit.proof });
  const rest = bit.proven ? await restOf(active, fault, run) : undefined;
  if (rest?.proven === false) tell('failed', rest.proof);
  const isHealed = await healFault(active, run, tell, rest?.proof);
  return isHealed && bit.proven && rest?.proven !== false ? 'healed' : 'failed';
}

/** Undefined: it lasted as long as it was scheduled to. */
async function restOf(
  active: ActiveFault,
  fault: ScheduledFault,
  run: FaultRun,
): Promise<ProbeResult | undefined> {
  if (active.goOn === undefined) {
    await pauseFor(fault.durationMs, run);
    return undefined;
  }
  return active
    .goOn(run.stop)
    .catch((error: unknown): ProbeResult => ({ proven: false, proof: { reason: messageOf(error) } }));
}

async function healFault(
  active: ActiveFault,
  run: FaultRun,
  tell: (phase: FaultPhase, proof?: FaultProof) => void,
  done: FaultProof | undefined,
): Promise<boolean> {
  tell('heal', done);
  try {
    await active.heal();
  } catch (error) {
    tell('failed', { reason: `could not be healed: ${messageOf(error)}` });
    return false;
  }
  const healed = await prove(() => active.probeHealed(), healPatienceMs, run);
  if (healed.proven) tell('healed', healed.proof);
  else tell('failed', { reason: 'no proof that it healed', ...healed.proof });
  return healed.proven;
}

/** When what was planned finds nobody to hit, something else of the same kind is done, and it is said so. */
async function findPlan(
  fault: ScheduledFault,
  run: FaultRun,
): Promise<{ readonly plan: FaultPlan | NoTarget; readonly instead?: FaultProof }> {
  if (fault.pinned !== undefined) {
    // Asked all the same: until something is left out, a pinned run is the one it was taken from, event for event.
    await planNow(fault, run);
    return { plan: fault.pinned };
  }
  const planned = await findTarget(fault, run);
  const otherVariant = planned.kind === 'planned' ? undefined : run.nemesis.fallback(fault.variant);
  if (planned.kind === 'planned' || otherVariant === undefined || run.stop.aborted) return { plan: planned };
  const other = await findTarget({ ...fault, variant: otherVariant }, run);
  if (other.kind === 'no-target') return { plan: planned };
  return { plan: other, instead: { insteadOf: fault.variant, since: planned.reason } };
}

async function findTarget(fault: ScheduledFault, run: FaultRun): Promise<FaultPlan | NoTarget> {
  const deadlineMs = run.clock.monotonicMs() + targetPatienceMs;
  for (;;) {
    const plan = await planNow(fault, run);
    if (plan.kind === 'planned' || run.stop.aborted || run.clock.monotonicMs() >= deadlineMs) return plan;
    await pauseFor(askAgainMs, run);
  }
}

/** The same stream at every attempt: when the view is as it should be at once, the seed alone decides. */
async function planNow(fault: ScheduledFault, run: FaultRun): Promise<FaultPlan | NoTarget> {
  try {
    return run.nemesis.plan(fault.variant, run.random.fork('plan'), await run.cluster.view());
  } catch (error) {
    return {
      kind: 'no-target',
      variant: fault.variant,
      reason: `the cluster could not be seen: ${messageOf(error)}`,
    };
  }
}

async function prove(
  probe: () => Promise<ProbeResult>,
  patienceMs: number,
  run: FaultRun,
): Promise<ProbeResult> {
  const deadlineMs = run.clock.monotonicMs() + patienceMs;
  for (;;) {
    const result = await probe().catch(
      (error: unknown): ProbeResult => ({ proven: false, proof: { error: messageOf(error) } }),
    );
    if (result.proven || run.clock.monotonicMs() >= deadlineMs) return result;
    await wait(askAgainMs, run.clock);
  }
}

function pauseFor(ms: number, run: FaultRun): Promise<void> {
  return waitUnlessStopped(ms, run.clock, run.stop);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
