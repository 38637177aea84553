/** Clocks that lie: a jump, a wild to and fro, a rate of their own. */
import type { Clock, Timer } from '../cluster/runtime/clock.ts';
import type { Random } from '../cluster/runtime/random.ts';
import type {
  ActiveFault,
  BreakableCluster,
  ClockProbe,
  ClockSetting,
  FaultPlan,
  Nemesis,
  ProbeResult,
} from './nemesis.ts';
import { chooseServers, serverTargets } from './server-targets.ts';
import { twoPartVariants } from './two-part-variants.ts';

/**
 * - `bump`: each clock jumps to its own distance from the truth, 128 ms to 262 s.
 * - `strobe`: each jumps there and back, again and again.
 * - `drift`: each goes at its own rate; on every other fault not the wall clock alone but all clocks of the machine, its timers too,
 *   where the world can do that.
 */
const kinds = ['bump', 'strobe', 'drift'] as const;
type Kind = (typeof kinds)[number];
const variants = twoPartVariants('clock fault', kinds, serverTargets);

const right: ClockSetting = { offsetMs: 0, driftPpm: 0, ratePpm: 0 };
/** To read and to set a clock takes its time in the real worlds. */
const toleranceMs = 50;
const driftPpmMin = 10_000;
const driftPpmMax = 50_000;

export const clock: Nemesis = {
  name: 'clock',
  needs: 'clock',
  colours: ['#c7a0e9', '#5f3a8a'],
  purpose:
    'deadlines, leases and orders that trust a wall clock, and time-outs that trust all clocks to go alike',
  variants: variants.all,
  plan(variant, random, view) {
    const [kind, target] = variants.parse(variant);
    const nodes = chooseServers(target, random, view);
    if (typeof nodes === 'string') return { kind: 'no-target', variant, reason: nodes };
    const amounts = Object.fromEntries(nodes.map((node) => [node, amountOf(kind, random)]));
    if (kind === 'strobe') amounts['periodMs'] = powerOfTwoTimes(1, 9, random);
    if (kind === 'drift') amounts['timersToo'] = random.below(2);
    return { kind: 'planned', variant, targets: nodes, links: [], nodes, amounts };
  },
  fallback: () => undefined,
  async inject(cluster, plan, harnessClock) {
    const [kind] = variants.parse(plan.variant);
    switch (kind) {
      case 'bump':
        return bump(cluster, plan);
      case 'strobe':
        return strobe(cluster, plan, harnessClock);
      case 'drift':
        return drift(cluster, plan);
      default:
        return kind satisfies never;
    }
  },
};

/** Small ones as often as large ones. Whole numbers only: powers of others differ between machines. */
function powerOfTwoTimes(low: number, high: number, random: Random): number {
  const power = 2 ** (low + random.below(high - low + 1));
  return power + random.below(power);
}

function amountOf(kind: Kind, random: Random): number {
  const sign = random.below(2) === 0 ? 1 : -1;
  if (kind === 'drift') return sign * (driftPpmMin + random.below(driftPpmMax - driftPpmMin + 1));
  return sign * powerOfTwoTimes(7, 17, random);
}

function amount(plan: FaultPlan, name: string): number {
  return plan.amounts?.[name] ?? 0;
}

async function bump(cluster: BreakableCluster, plan: FaultPlan): Promise<ActiveFault> {
  await setAll(cluster, plan.nodes, (node) => ({ offsetMs: amount(plan, node) }));
  return {
    probeBit: async () => {
      const probes = await readAll(cluster, plan.nodes);
      return verdict(probes, ({ node, offsetMs }) => isNear(offsetMs, amount(plan, node)));
    },
    heal: () => setAll(cluster, plan.nodes, () => right),
    probeHealed: async () =>
      verdict(await readAll(cluster, plan.nodes), ({ offsetMs }) => isNear(offsetMs, 0)),
  };
}

async function strobe(cluster: BreakableCluster, plan: FaultPlan, harnessClock: Clock): Promise<ActiveFault> {
  const flashes = new Strobe(cluster, plan, harnessClock);
  await flashes.start();
  return {
    probeBit: () =>
      Promise.resolve({
        proven: flashes.seenAway && (flashes.seenRight || flashes.fellSilent),
        proof: {
          flips: flashes.flips,
          seenAway: flashes.seenAway,
          seenRight: flashes.seenRight,
          ...(flashes.seenRight ? {} : { fellSilent: flashes.fellSilent }),
        },
      }),
    heal: () => flashes.stop(),
    probeHealed: async () =>
      verdict(await readAll(cluster, plan.nodes), ({ offsetMs }) => isNear(offsetMs, 0)),
  };
}

class Strobe {
  flips = 0;
  /** Each clock was read off where it was sent, in both places. */
  seenAway = false;
  seenRight = false;
  /** They were seen away, and then no node ran that could be asked: another fault stopped them all. */
  fellSilent = false;
  readonly #cluster: BreakableCluster;
  readonly #plan: FaultPlan;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #flipping: Promise<void> = Promise.resolve();
  #isStopped = false;
  #failure: unknown;

  constructor(cluster: BreakableCluster, plan: FaultPlan, harnessClock: Clock) {
    this.#cluster = cluster;
    this.#plan = plan;
    this.#clock = harnessClock;
  }

  async start(): Promise<void> {
    await this.#flip();
    this.#planNext();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#flipping;
    await setAll(this.#cluster, this.#plan.nodes, () => right);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #planNext(): void {
    if (this.#isStopped) return;
    this.#timer = this.#clock.after(amount(this.#plan, 'periodMs'), () => {
      this.#flipping = this.#flip().then(
        () => this.#planNext(),
        (error: unknown) => {
          this.#failure = error;
        },
      );
    });
  }

  async #flip(): Promise<void> {
    const { nodes } = this.#plan;
    const isAway = this.flips % 2 === 0;
    const wantedMs = (node: string) => (isAway ? amount(this.#plan, node) : 0);
    this.flips++;
    await setAll(this.#cluster, nodes, (node) => ({ offsetMs: wantedMs(node) }));
    if (isAway ? this.seenAway : this.seenRight) return;
    const probes = await readAll(this.#cluster, nodes);
    if (this.seenAway && readOnes(probes).length === 0) this.fellSilent = true;
    if (!verdict(probes, ({ node, offsetMs }) => isNear(offsetMs, wantedMs(node))).proven) return;
    if (isAway) this.seenAway = true;
    else this.seenRight = true;
  }
}

async function drift(cluster: BreakableCluster, plan: FaultPlan): Promise<ActiveFault> {
  const before = new Map(readOnes(await readAll(cluster, plan.nodes)).map((probe) => [probe.node, probe]));
  const isForTimersToo = amount(plan, 'timersToo') === 1 && cluster.abilities.has('timers');
  await setAll(cluster, plan.nodes, (node) =>
    isForTimersToo ? { ratePpm: amount(plan, node) } : { driftPpm: amount(plan, node) },
  );
  const healedOnce = new Map<string, ReadClock>();
  return {
    probeBit: async () =>
      verdict(await readAll(cluster, plan.nodes), (probe) => {
        const first = before.get(probe.node);
        // It was down when the fault began.
        if (first === undefined) before.set(probe.node, probe);
        const gainedMs = probe.offsetMs - (first ?? probe).offsetMs;
        const expectedMs = ((probe.trueMs - (first ?? probe).trueMs) * amount(plan, probe.node)) / 1e6;
        // Two milliseconds are more than luck.
        return Math.abs(expectedMs) >= 2 && gainedMs / expectedMs > 0.5 && gainedMs / expectedMs < 1.5;
      }),
    heal: () => setAll(cluster, plan.nodes, () => right),
    probeHealed: async () =>
      verdict(await readAll(cluster, plan.nodes), (probe) => {
        const first = healedOnce.get(probe.node);
        if (first === undefined) healedOnce.set(probe.node, probe);
        if (first === undefined || !isNear(probe.offsetMs, 0)) return false;
        const wouldGainMs = ((probe.trueMs - first.trueMs) * amount(plan, probe.node)) / 1e6;
        const gainedMs = probe.offsetMs - first.offsetMs;
        return Math.abs(wouldGainMs) >= 2 && Math.abs(gainedMs) < Math.abs(wouldGainMs) / 2;
      }),
  };
}

async function setAll(
  cluster: BreakableCluster,
  nodes: readonly string[],
  setting: (node: string) => ClockSetting,
): Promise<void> {
  await Promise.all(nodes.map((node) => cluster.setClock(node, setting(node))));
}

function readAll(cluster: BreakableCluster, nodes: readonly string[]): Promise<readonly ClockProbe[]> {
  return Promise.all(nodes.map((node) => cluster.probeClock(node)));
}

/** Small jumps must be told from none. */
function isNear(offsetMs: number, wantedMs: number): boolean {
  const tolerance = wantedMs === 0 ? toleranceMs : Math.min(toleranceMs, Math.abs(wantedMs) / 2);
  return Math.abs(offsetMs - wantedMs) <= tolerance;
}

/** A node that is down or paused says nothing: that is another fault's, and its clock is what it was set to when it comes back. */
type ReadClock = ClockProbe & { readonly offsetMs: number };

function readOnes(probes: readonly ClockProbe[]): readonly ReadClock[] {
  return probes.filter((probe): probe is ReadClock => probe.offsetMs !== undefined);
}

function verdict(probes: readonly ClockProbe[], isProven: (probe: ReadClock) => boolean): ProbeResult {
  const read = readOnes(probes);
  const offsets = read.map(({ node, offsetMs }) => `${node} ${offsetMs.toFixed(1)} ms`);
  const silent = probes.filter(({ offsetMs }) => offsetMs === undefined).map(({ node }) => node);
  return {
    proven: read.length > 0 && read.map(isProven).every(Boolean),
    proof: { offsets, ...(silent.length === 0 ? {} : { silent }) },
  };
}
