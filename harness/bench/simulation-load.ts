/** Runs and judges simulated runs one after the other in this process, and says what each cost. Started by the simulation section. */
import { nemeses } from '../../nemeses/nemesis-registry.ts';
import { planSchedule } from '../../nemeses/schedule.ts';
import { SimRandom } from '../deployment/sim/sim-random.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { runInSimulation } from '../simulation/run-in-simulation.ts';

export interface SimulationLoadSettings {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly rate: number;
  readonly timeLimitS: number;
  readonly nemeses: readonly string[];
}

/** One line of JSON each. */
export interface SimulatedSeed {
  readonly seed: number;
  readonly digest: string;
  readonly virtualSeconds: number;
  /** Of all threads of the process: run and judgement. */
  readonly cpuSeconds: number;
  readonly events: number;
  readonly operations: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as SimulationLoadSettings;
for (let seed = settings.firstSeed; seed < settings.firstSeed + settings.seeds; seed += 1) {
  const before = process.cpuUsage();
  const { digest, events, output, virtualSeconds } = await simulate(seed);
  const { user, system } = process.cpuUsage(before);
  const measured: SimulatedSeed = {
    ...{ seed, digest, virtualSeconds, events },
    operations: output.history.operations.filter(({ type }) => type === 'invoke').length,
    cpuSeconds: (user + system) / 1e6,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

function simulate(seed: number) {
  const plan: RunPlan = {
    ...{ workload: 'log', deployment: 'sim', toxiproxy: 'none', bug: undefined, keep: false },
    ...{ seed, nemeses: settings.nemeses, rate: settings.rate, timeLimitS: settings.timeLimitS },
    ...{ quietStartS: 1, recoveryTimeS: 30, nemesisIntervalS: 11, concurrency: 12, queues: 2 },
    ...{ nodes: 3, controllers: 3, flush: 'sync', minInSyncReplicas: 2 },
  };
  const schedule = planSchedule({
    random: SimRandom.fromSeed(seed).fork('nemeses'),
    nemeses: plan.nemeses.flatMap((name) => nemeses.get(name) ?? []),
    quietStartMs: plan.quietStartS * 1000,
    timeLimitMs: plan.timeLimitS * 1000,
    intervalMs: plan.nemesisIntervalS * 1000,
  });
  return runInSimulation(plan, { nemeses, schedule });
}
