/**
 * Swarm testing: each seed draws its own subset of faults, sizes, timings and options, so that what hides behind the usual ones is met too
 * (Groce and others, "Swarm testing", 2012). Pure: equal seeds and bases give equal plans.
 */
import assert from 'node:assert/strict';
import type { Random } from '../../cluster/runtime/random.ts';
import { commonVariants } from '../../nemeses/chosen-nemeses.ts';
import type { Nemesis } from '../../nemeses/nemesis.ts';
import { nemeses } from '../../nemeses/nemesis-registry.ts';
import { presets } from '../../nemeses/presets/presets.ts';
import { planSchedule, type ScheduledFault } from '../../nemeses/schedule.ts';
import { type SequenceMove, sequenceMoves } from '../../nemeses/sequence-plan.ts';
import { shuffle } from '../../nemeses/shuffle.ts';
import { SimRandom } from '../deployment/sim/sim-random.ts';
import { worldAbilities } from '../deployment/world-abilities.ts';
import type { NodeProperties, RunPlan } from '../record/run-plan.ts';
import { Draw } from './draw.ts';
import { brokerOptions, controllerOptions } from './swarm-options.ts';

export interface SwarmBase {
  /** Given by hand: not drawn. */
  readonly fixed: Partial<RunPlan>;
  /** The same, as it was typed: for the command that repeats a run. */
  readonly given: Readonly<Record<string, string>>;
}

export interface SwarmRun {
  readonly plan: RunPlan;
  readonly schedule: readonly ScheduledFault[];
}

/** How the faults of one nemesis follow each other. */
interface Pace {
  readonly intervalMs: number;
  readonly faultMsMin: number;
  readonly recoveryMsMin: number;
}

export const paces = {
  /** 0.2 s to 1.4 s: shorter than every timeout, so that nobody reacts, or only some do. */
  flicker: { intervalMs: 2500, faultMsMin: 200, recoveryMsMin: 700 },
  /** 0.5 s to 3.3 s: around the timeouts. */
  around: { intervalMs: 6000, faultMsMin: 500, recoveryMsMin: 1500 },
  /** 5 s to 6 s: everybody has noticed. */
  long: { intervalMs: 11_000, faultMsMin: 5000, recoveryMsMin: 2500 },
  /** 0.2 s to 8 s. */
  wide: { intervalMs: 14_600, faultMsMin: 200, recoveryMsMin: 2500 },
} as const satisfies Readonly<Record<string, Pace>>;

/** Those that are long by themselves: what is left broken stays so for 50 ms to 4 s. */
export const longDeeds: Readonly<Record<string, readonly Pace[]>> = {
  sequence: [
    { intervalMs: 5000, faultMsMin: 50, recoveryMsMin: 1000 },
    { intervalMs: 8000, faultMsMin: 50, recoveryMsMin: 2500 },
  ],
};

/** Not drawn in this version: every seed keeps the faults it has. */
export const newToSwarm: ReadonlySet<string> = new Set(['lossy']);

/** Those that the simulated world can do; `all-random` is swarm's elder sister, and draws from all of them. */
export const swarmNemeses: readonly Nemesis[] = [...nemeses.values()].filter(
  ({ name, needs, partOf, variants }) =>
    name !== 'all-random' &&
    partOf === undefined &&
    !newToSwarm.has(name) &&
    variants.length > 0 &&
    (needs === undefined || worldAbilities.sim.has(needs)),
);

const minorityRot = required(presets, 'minority-rot');

function required(all: readonly Nemesis[], wanted: string): Nemesis {
  const found = all.find(({ name }) => name === wanted);
  assert(found !== undefined, `no preset is called ${wanted}`);
  return found;
}

export function swarmPlan(seed: number, base: SwarmBase, able: readonly Nemesis[]): SwarmRun {
  const draw = new Draw(SimRandom.fromSeed(seed).fork('swarm'));
  const { fixed } = base;
  const cluster = drawCluster(draw, fixed);
  const kind = drawKind(draw);
  const load = drawLoad(draw, kind);
  const times = { ...load, ...fixed };
  const { paces: allowed, nemeses: drawn } = drawNemeses(draw, kind, able);
  const random = SimRandom.fromSeed(seed).fork('nemeses');
  const schedule = drawn
    .map((nemesis) => covered(nemesis, cluster))
    .flatMap((nemesis) => scheduleOne(nemesis, longDeeds[nemesis.name] ?? allowed, times, draw, random))
    .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  const plan: RunPlan = {
    workload: 'log',
    deployment: 'sim',
    nemesisIntervalS: 11,
    recoveryTimeS: 30,
    toxiproxy: 'none',
    bug: undefined,
    keep: false,
    ...load,
    ...fixed,
    ...cluster,
    nemeses: [...new Set(schedule.map(({ nemesis }) => nemesis))].sort(),
    properties: drawProperties(draw, fixed.properties),
    seed,
    isPartOfCampaign: true,
    swarm: base.given,
  };
  return { plan, schedule };
}

type ClusterShape = Pick<RunPlan, 'nodes' | 'controllers' | 'flush' | 'minInSyncReplicas'>;

function drawCluster(draw: Draw, fixed: Partial<RunPlan>): ClusterShape {
  const sizes = [
    [80, 3],
    [8, 2],
    [12, 5],
  ] as const;
  const nodes =
    fixed.nodes ??
    draw.weighted(
      'nodes',
      sizes.filter(([, size]) => size >= (fixed.minInSyncReplicas ?? 1)),
    );
  const usualMin = Math.floor(nodes / 2) + 1;
  const minimums = [
    [85, usualMin],
    [10, 1],
    [5, nodes],
  ] as const;
  return {
    nodes,
    controllers: fixed.controllers ?? draw.weighted('controllers', [[85, 3] as const, [15, 1] as const]),
    flush: fixed.flush ?? draw.weighted('flush', [[85, 'sync'] as const, [15, 'async'] as const]),
    minInSyncReplicas: fixed.minInSyncReplicas ?? draw.weighted('minInSyncReplicas', minimums),
  };
}

type LoadShape = Pick<RunPlan, 'timeLimitS' | 'quietStartS' | 'rate' | 'concurrency' | 'queues' | 'mix'>;

function drawLoad(draw: Draw, kind: SeedKind): LoadShape {
  return {
    timeLimitS: drawTimeLimitS(draw, kind),
    quietStartS: draw.between('quietStartS', 2, 30) / 10,
    rate: draw.between('rate', 50, 120),
    concurrency: draw.between('concurrency', 6, 24),
    queues: draw.between('queues', 1, 4),
    mix: draw.weighted('mix', [
      [70, { sendShare: 48, tailShare: 30 }],
      [15, { sendShare: 40, tailShare: 80 }],
      [15, { sendShare: 75, tailShare: 30 }],
    ]),
  };
}

/** With room for one plain fault, or for the whole script of rot. */
function drawTimeLimitS(draw: Draw, kind: SeedKind): number {
  if (kind === 'plain') return draw.between('plain timeLimitS', 13, 16);
  if (kind === 'rot') return draw.between('rot timeLimitS', 33, 36);
  return draw.between('timeLimitS', 6, 22);
}

interface DrawnNemeses {
  readonly nemeses: readonly Nemesis[];
  readonly paces: readonly Pace[];
}

/** So much the group promises to bear, and has time to; by how seldom other faults show what these do. */
const plainFaults: readonly (readonly [weight: number, Readonly<Record<'name' | 'variant', string>>])[] = [
  [6, { name: 'pause', variant: 'master' }],
  [6, { name: 'pause', variant: 'slave' }],
  [1, { name: 'pause', variant: 'minority' }],
  [1, { name: 'pause', variant: 'one' }],
  [1, { name: 'pause', variant: 'controller-leader' }],
  [8, { name: 'kill', variant: 'heads' }],
  [4, { name: 'kill', variant: 'master' }],
  [2, { name: 'kill', variant: 'slave' }],
  [1, { name: 'kill', variant: 'one' }],
  [2, { name: 'disk', variant: 'lose-unsynced/all' }],
  // Beside another fault a failover has a cause.
  [6, { name: 'clock', variant: 'strobe/all' }],
];
/** Somebody new must lead the controllers before anybody is found dead. */
const headsPace: Pace = { intervalMs: 16_000, faultMsMin: 8500, recoveryMsMin: 1500 };
const plainPace: Pace = { intervalMs: 16_000, faultMsMin: 6000, recoveryMsMin: 1500 };

/** Rare failures need one of these and no other; a move that shows only what many faults show comes seldom. */
const moveWeights: Readonly<Record<SequenceMove, number>> = {
  bounce: 2,
  tail: 6,
  fallout: 6,
  lonely: 6,
  deserted: 4,
  blind: 1,
  quiet: 15,
  'one-lags': 5,
  'half-open': 5,
  beheaded: 1,
  'one-nameserver': 2,
  'good-bye': 7,
  mixed: 2,
};

type SeedKind = 'any' | 'sequence' | 'plain' | 'rot';

function drawKind(draw: Draw): SeedKind {
  return draw.weighted('kind', [
    [15, 'any'],
    [55, 'sequence'],
    [26, 'plain'],
    [4, 'rot'],
  ]);
}

/** Few at a time: where everything is broken at once nothing is acknowledged, and nothing can be lost. */
function drawNemeses(draw: Draw, kind: SeedKind, able: readonly Nemesis[]): DrawnNemeses {
  const only = (wanted: string, variants: readonly string[]) =>
    able.filter(({ name }) => name === wanted).map((nemesis) => ({ ...nemesis, variants }));
  const count = draw.weighted('nemesis count', [
    [3, 0],
    [30, 1],
    [37, 2],
    [20, 3],
    [10, 4],
  ]);
  const mixed = shuffle(able, draw.fork('nemeses'));
  switch (kind) {
    // Long enough that everybody has noticed, and nothing beside it: what the group owes then is known.
    case 'plain': {
      const { name, variant } = draw.weighted('plain', plainFaults);
      return { nemeses: only(name, [variant]), paces: [variant === 'heads' ? headsPace : plainPace] };
    }
    // Several deeds in a row, the same or two by turns, and seldom another fault beside them.
    case 'sequence': {
      const weights = sequenceMoves.map((move) => [moveWeights[move], move] as const);
      const moves = ['first move', 'second move'].map((name) => draw.weighted(name, weights));
      const others = mixed.filter(({ name }) => name !== 'sequence').slice(0, Math.max(0, count - 2));
      return { nemeses: [...only('sequence', [...new Set(moves)]), ...others], paces: Object.values(paces) };
    }
    // By itself: its script begins when nothing is missing.
    case 'rot':
      return { nemeses: [minorityRot], paces: Object.values(paces) };
    case 'any':
      return { nemeses: mixed.slice(0, count), paces: Object.values(paces) };
  }
}

/** Without the variants against which the settings promise nothing. */
function covered(nemesis: Nemesis, settings: ClusterShape): Nemesis {
  return { ...nemesis, variants: commonVariants(nemesis, settings) };
}

function scheduleOne(
  nemesis: Nemesis,
  allowed: readonly Pace[],
  times: Pick<RunPlan, 'timeLimitS' | 'quietStartS'>,
  draw: Draw,
  random: Random,
): readonly ScheduledFault[] {
  const quietStartMs = times.quietStartS * 1000;
  const timeLimitMs = times.timeLimitS * 1000;
  const fitting = allowed.filter(
    ({ faultMsMin, recoveryMsMin }) => quietStartMs + faultMsMin + recoveryMsMin <= timeLimitMs,
  );
  if (fitting.length === 0) return [];
  const pace = draw.oneOf(`pace ${nemesis.name}`, fitting);
  return planSchedule({ random, nemeses: [nemesis], quietStartMs, timeLimitMs, ...pace });
}

function drawProperties(draw: Draw, fixed: NodeProperties | undefined): NodeProperties {
  return {
    broker: { ...draw.options(brokerOptions), ...fixed?.broker },
    controller: { ...draw.options(controllerOptions), ...fixed?.controller },
  };
}
