/** Links that are late, unsteady or narrow. */

import type { FaultLink } from '../checkers/history/fault.ts';
import type { Random } from '../cluster/runtime/random.ts';
import { HealedDelays, medianOf, nameOf, roundedMs } from './healed-delays.ts';
import { shapesOfLinks, tellingLinks } from './link-reach.ts';
import {
  type ActiveFault,
  type BreakableCluster,
  type DelayProbe,
  delayProbeBytes,
  type LinkShape,
  type Nemesis,
  type ProbeResult,
} from './nemesis.ts';

const kinds = ['latency', 'jitter', 'narrow'] as const;
type Kind = (typeof kinds)[number];

/** A proxy's timers are that much early at most: they count whole milliseconds, and the last one may be half over. */
const earlyMs = 2;

const shapes = shapesOfLinks('slowness', kinds, shapeOf);

export const slow: Nemesis = {
  name: 'slow',
  needs: 'shape',
  colours: ['#e9c7a0', '#8a5a2a'],
  purpose: 'time-outs that are too short, queues without an end, a follower that is never quite there',
  variants: shapes.variants,
  plan: shapes.plan,
  fallback: shapes.fallback,
  async inject(cluster, plan): Promise<ActiveFault> {
    const shape: LinkShape = plan.amounts ?? {};
    const shaping = await cluster.shapeLinks(plan.links, shape);
    const shortestMs =
      (shape.latencyMs ?? 0) + delayProbeBytes / (shape.bytesPerMs ?? Number.POSITIVE_INFINITY);
    const healed = new HealedDelays(cluster, plan.links, shape);
    return {
      // What does not arrive within the probe's patience stands in a queue: slow enough.
      probeBit: () =>
        probe(
          cluster,
          tellingLinks(cluster, shaping.effective()),
          ({ ms }) => ms === undefined || ms >= shortestMs - earlyMs,
        ),
      heal: () => shaping.heal(),
      probeHealed: () => healed.ask(),
    };
  },
};

/** `slow` has these, too. */
export const narrow: Nemesis = {
  ...slow,
  name: 'narrow',
  partOf: slow.name,
  colours: ['#e6d3a8', '#7a6420'],
  purpose: 'queues without an end, where a link carries less than is said',
  variants: slow.variants.filter((variant) => variant.endsWith('/narrow')),
};

/** Never so little that a probe could take it for a healthy link. */
function shapeOf(kind: Kind, random: Random): LinkShape {
  switch (kind) {
    case 'latency':
      return { latencyMs: 20 + random.below(381), jitterMs: random.below(21) };
    case 'jitter':
      return { latencyMs: 10, jitterMs: 20 + random.below(181) };
    case 'narrow':
      return { bytesPerMs: 5 + random.below(96) };
    default:
      return kind satisfies never;
  }
}

async function probe(
  cluster: BreakableCluster,
  links: readonly FaultLink[],
  isProven: (probe: DelayProbe) => boolean,
): Promise<ProbeResult> {
  const probes = await cluster.probeDelays(links);
  const failing = probes.filter((one) => !isProven(one));
  return {
    proven: failing.length === 0,
    proof: {
      links: links.length,
      medianMs: roundedMs(medianOf(probes, 1) ?? 0),
      ...(failing.length === 0
        ? {}
        : { otherwise: failing.map((one) => `${nameOf(one)} ${one.ms?.toFixed(1) ?? 'nothing'}`) }),
    },
  };
}
