/** The faults of a run: a function of its plan alone, its seed included. */
import { chooseNemeses } from '../../nemeses/chosen-nemeses.ts';
import { undrawn } from '../../nemeses/presets/named-nemeses.ts';
import {
  faultMsMinDefault,
  planSchedule,
  recoveryMsMinDefault,
  type ScheduledFault,
} from '../../nemeses/schedule.ts';
import { SimRandom } from '../deployment/sim/sim-random.ts';
import { worldAbilities } from '../deployment/world-abilities.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { UsageError } from '../usage-error.ts';

/** Throws UsageError where the world cannot do what is wanted, or the time is too short for it. */
export function scheduleOf(plan: RunPlan): readonly ScheduledFault[] {
  if (plan.nemeses.length === 0) return [];
  const chosen = chooseNemeses(plan.nemeses, {
    undrawn,
    settings: plan,
    abilities: Object.entries(worldAbilities).find(([name]) => name === plan.deployment)?.[1] ?? new Set(),
    expectLoss: plan.expectLoss === true,
  });
  if (!('nemeses' in chosen))
    throw new UsageError(`--nemesis ${chosen.name}: not with the world or the settings of this run`);
  const schedule = planSchedule({
    random: SimRandom.fromSeed(plan.seed).fork('nemeses'),
    ...chosen,
    quietStartMs: plan.quietStartS * 1000,
    timeLimitMs: plan.timeLimitS * 1000,
    intervalMs: plan.nemesisIntervalS * 1000,
    ...(plan.ramp === undefined ? {} : { ramp: plan.ramp }),
  });
  if (schedule.length > 0) return schedule;
  const [faultMs, recoveryMs] = [chosen.nemeses[0]?.takesMs ?? faultMsMinDefault, recoveryMsMinDefault];
  throw new UsageError(
    `--time-limit: ${plan.timeLimitS} s are too short for a fault of ${faultMs / 1000} s and its recovery after ${plan.quietStartS} s of calm; ` +
      `wanted ${plan.quietStartS + (faultMs + recoveryMs) / 1000} or more`,
  );
}
