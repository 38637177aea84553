/** How much faster than time the simulated world is: a whole cluster, its load, its faults and the judgement, on one core. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SectionReport } from './bench-report.ts';
import type { BenchWorld } from './bench-world.ts';
import type { SimulatedSeed, SimulationLoadSettings } from './simulation-load.ts';

const settings: Omit<SimulationLoadSettings, 'seeds'> = {
  firstSeed: 1,
  rate: 60,
  timeLimitS: 30,
  nemeses: ['partition', 'kill'],
};
/** Until the compiler has seen all that is hot; a campaign of a thousand seeds does not feel them. */
const warmUpSeeds = 12;
const wantedSpeed = 30;
/** 1,000 seeds in 10 minutes on 2 cores. */
const wantedSecondsPerSeed = (10 * 60 * 2) / 1000;
/** The young generation's: a simulated second leaves megabytes behind that die at once. */
const semiSpaceMb = 64;

export async function simulationSection(world: BenchWorld): Promise<SectionReport> {
  const seeds = await simulate({ ...settings, seeds: warmUpSeeds + world.options.trials }, (seed) =>
    world.say(
      `seed ${seed.seed}: ${(seed.virtualSeconds / seed.cpuSeconds).toFixed(1)} simulated s per CPU s`,
    ),
  );
  const warm = seeds.slice(warmUpSeeds);
  const sum = (of: (seed: SimulatedSeed) => number, among = warm) =>
    among.reduce((total, seed) => total + of(seed), 0);
  const virtualSeconds = sum((seed) => seed.virtualSeconds);
  const cpuSeconds = sum((seed) => seed.cpuSeconds);
  const speeds = warm.map((seed) => seed.virtualSeconds / seed.cpuSeconds);
  const perSecond = (of: (seed: SimulatedSeed) => number) => Math.round(sum(of) / virtualSeconds);
  return {
    section: 'simulation',
    figures: [
      {
        name: 'simulated seconds per CPU second, run and judged',
        value: virtualSeconds / cpuSeconds,
        unit: '',
        wanted: { atLeast: wantedSpeed },
        detail: `${warm.length} seeds behind ${warmUpSeeds} for warm-up, ${Math.min(...speeds).toFixed(1)} to ${Math.max(...speeds).toFixed(1)}; ${perSecond(({ operations }) => operations)} operations and ${perSecond(({ events }) => events)} events per simulated second`,
      },
      {
        name: `CPU time of a seed of ${settings.timeLimitS} simulated seconds`,
        value: cpuSeconds / warm.length,
        unit: 's',
        wanted: { atMost: wantedSecondsPerSeed },
        detail: `${(sum((seed) => seed.cpuSeconds, seeds.slice(0, 1)) || Number.NaN).toFixed(2)} s for the first of a process`,
      },
    ],
    raw: { settings, warmUpSeeds, semiSpaceMb, seeds },
  };
}

/** In a process of its own, that has nothing else to compile and collect. */
function simulate(
  load: SimulationLoadSettings,
  on: (seed: SimulatedSeed) => void,
): Promise<readonly SimulatedSeed[]> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const path = fileURLToPath(new URL(`./simulation-load.${extension}`, import.meta.url));
  const child = spawn(
    process.execPath,
    [`--max-semi-space-size=${semiSpaceMb}`, '--enable-source-maps', path, JSON.stringify(load)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const seeds: SimulatedSeed[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const seed = JSON.parse(line) as SimulatedSeed;
    seeds.push(seed);
    on(seed);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(seeds);
      else reject(new Error(`the simulated runs ended with ${code ?? signal} before they were done`));
    });
  });
}
