/** When which fault comes: a function of the seed and the options. Whom it hits is decided then, from the living cluster. */
import type { Random } from '../cluster/runtime/random.ts';
import { allRandom } from './all-random.ts';
import type { FaultPlan, Nemesis } from './nemesis.ts';
import { restartOrder } from './restart-order.ts';
import { shuffle } from './shuffle.ts';

export interface ScheduledFault {
  /** 'partition-1', counted from 1 for each nemesis. */
  readonly id: string;
  readonly nemesis: string;
  readonly variant: string;
  /** From the start of the load. */
  readonly atMs: number;
  /** From the proof that it bites to the heal. */
  readonly durationMs: number;
  /** Exactly this, whatever the cluster looks like then: what it did in the run that is being repeated in part. */
  readonly pinned?: FaultPlan;
}

export interface ScheduleOptions {
  readonly random: Random;
  readonly nemeses: readonly Nemesis[];
  /** No fault before. */
  readonly quietStartMs: number;
  /** No fault is to begin that would not be over by then. */
  readonly timeLimitMs: number;
  /** From the start of one fault to the start of the next, of the same nemesis. */
  readonly intervalMs: number;
  /** The first interval is so many times as long; they shrink to `intervalMs` by the end. 1 when absent. */
  readonly ramp?: number;
  readonly faultMsMin?: number;
  /** What `all-random` draws from. */
  readonly pool?: readonly Nemesis[];
  /** Calm after each fault: for proofs, and for the cluster to recover. */
  readonly recoveryMsMin?: number;
}

export const nemesisIntervalMsDefault = 12_000;
export const faultMsMinDefault = 5000;
/** Time to prove that a fault bit and healed, and for the cluster to recover. */
export const recoveryMsMinDefault = 2500;
const overlapMax = 3;

export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

/**
 * Each nemesis has a stream of its own, so adding one does not move the others' faults; several overlap. Empty when the time is too short for
 * any fault, which the caller must tell.
 */
export function planSchedule(options: ScheduleOptions): readonly ScheduledFault[] {
  const faultMsMin = options.faultMsMin ?? faultMsMinDefault;
  const recoveryMsMin = options.recoveryMsMin ?? recoveryMsMinDefault;
  if (options.intervalMs < faultMsMin + recoveryMsMin) {
    throw new ScheduleError(
      `--nemesis-interval: wanted at least ${(faultMsMin + recoveryMsMin) / 1000} s (a fault of ${faultMsMin / 1000} s and ` +
        `${recoveryMsMin / 1000} s to recover), got ${options.intervalMs / 1000} s`,
    );
  }
  return options.nemeses
    .flatMap((nemesis) =>
      nemesis.name === allRandom.name
        ? planMixed(options, faultMsMin, recoveryMsMin)
        : planOne(nemesis, options, faultMsMin, recoveryMsMin),
    )
    .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}

function planOne(
  nemesis: Nemesis,
  options: ScheduleOptions,
  faultMsMin: number,
  recoveryMsMin: number,
): readonly ScheduledFault[] {
  if (nemesis.variants.length === 0) return [];
  const random = options.random.fork(`schedule ${nemesis.name}`);
  const variants = variantCycle(nemesis.variants, random.fork('variants'));
  const { takesMs } = nemesis;
  if (takesMs !== undefined) {
    // As often as it has room; its deeds say how long it lasts.
    const intervalMs = Math.max(options.intervalMs, takesMs + recoveryMsMin);
    return windowsOf({ ...options, intervalMs }, takesMs, recoveryMsMin).map(
      ({ startMs, lengthMs }, index) => ({
        id: `${nemesis.name}-${index + 1}`,
        nemesis: nemesis.name,
        variant: variants.next().value,
        atMs: startMs + random.below(lengthMs - takesMs - recoveryMsMin + 1),
        durationMs: takesMs,
      }),
    );
  }
  return windowsOf(options, faultMsMin, recoveryMsMin).map(({ startMs, lengthMs }, index) => ({
    id: `${nemesis.name}-${index + 1}`,
    nemesis: nemesis.name,
    variant: variants.next().value,
    ...drawTimes(startMs, lengthMs, { faultMsMin, recoveryMsMin }, random),
  }));
}

/** In each window one to three different nemeses, each at a time of its own, so that they overlap as luck wants. */
function planMixed(
  options: ScheduleOptions,
  faultMsMin: number,
  recoveryMsMin: number,
): readonly ScheduledFault[] {
  const random = options.random.fork(`schedule ${allRandom.name}`);
  const pool = (options.pool ?? []).filter(({ variants }) => variants.length > 0);
  const cycles = new Map(
    pool.map(({ name, variants }) => [name, variantCycle(variants, random.fork(`variants ${name}`))]),
  );
  const counts = new Map<string, number>();
  return windowsOf(options, faultMsMin, recoveryMsMin).flatMap(({ startMs, lengthMs }) => {
    const drawn = shuffle(pool, random)
      .slice(0, 1 + random.below(overlapMax))
      .map(({ name }) => {
        const variant = cycles.get(name)?.next().value ?? '';
        return {
          nemesis: name,
          variant,
          ...drawTimes(startMs, lengthMs, { faultMsMin, recoveryMsMin }, random),
        };
      });
    return withoutIdle(drawn).map((fault) => {
      const count = (counts.get(fault.nemesis) ?? 0) + 1;
      counts.set(fault.nemesis, count);
      return { id: `${fault.nemesis}-${count}`, ...fault };
    });
  });
}

const nemesesOfNodes: ReadonlySet<string> = new Set(['kill', 'pause', 'disk', 'sequence', restartOrder.name]);

/** Beside one that stops all brokers, faults of nodes would find nobody to hit. */
function withoutIdle<Fault extends Pick<ScheduledFault, 'nemesis' | 'variant'>>(
  drawn: readonly Fault[],
): readonly Fault[] {
  const stopsAll = drawn.find(
    ({ nemesis, variant }) =>
      nemesis === restartOrder.name ||
      (nemesesOfNodes.has(nemesis) && /^(all|lose-unsynced\/all|torn-write\/all)$/.test(variant)),
  );
  if (stopsAll === undefined) return drawn;
  return drawn.filter((fault) => fault === stopsAll || !nemesesOfNodes.has(fault.nemesis));
}

interface Window {
  /** From the start of the load. */
  readonly startMs: number;
  readonly lengthMs: number;
}

function windowsOf(options: ScheduleOptions, faultMsMin: number, recoveryMsMin: number): readonly Window[] {
  const { quietStartMs, intervalMs, ramp = 1 } = options;
  const timeMs = options.timeLimitMs - quietStartMs;
  const windows: Window[] = [];
  for (let atMs = 0; ; ) {
    const wantedMs = Math.floor(intervalMs * (1 + (ramp - 1) * (1 - atMs / timeMs)));
    // The only one takes what time there is; behind others an end that is too short stays calm.
    const lengthMs = windows.length === 0 ? Math.min(wantedMs, timeMs) : wantedMs;
    if (lengthMs < faultMsMin + recoveryMsMin || atMs + lengthMs > timeMs) return windows;
    windows.push({ startMs: quietStartMs + atMs, lengthMs });
    atMs += lengthMs;
  }
}

function drawTimes(
  startMs: number,
  lengthMs: number,
  { faultMsMin, recoveryMsMin }: Required<Pick<ScheduleOptions, 'faultMsMin' | 'recoveryMsMin'>>,
  random: Random,
) {
  // A little more than half of the window at most, so that faulty and calm times both tell something.
  const longestMs = Math.max(faultMsMin, Math.min(lengthMs - recoveryMsMin, Math.floor(lengthMs * 0.55)));
  const durationMs = faultMsMin + random.below(longestMs - faultMsMin + 1);
  const delayMs = random.below(lengthMs - durationMs - recoveryMsMin + 1);
  return { atMs: startMs + delayMs, durationMs };
}

/**
 * For ever. Variants 'a/x', 'a/y', 'b/x' are grouped by what stands before the '/': each group comes once before any comes again, and each
 * variant of a group once before any of that group comes again.
 */
export function* variantCycle(variants: readonly string[], random: Random): Generator<string, never> {
  const groups = new Map<string, string[]>();
  for (const variant of variants) {
    const group = variant.split('/')[0] ?? variant;
    groups.set(group, [...(groups.get(group) ?? []), variant]);
  }
  const left = new Map<string, string[]>();
  for (;;) {
    for (const group of shuffle([...groups.keys()], random)) {
      const rest = left.get(group) ?? [];
      const queue = rest.length > 0 ? rest : shuffle(groups.get(group) ?? [], random);
      const [next, ...others] = queue;
      left.set(group, others);
      if (next !== undefined) yield next;
    }
  }
}
