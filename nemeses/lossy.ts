/** Links that carry bytes badly: in crumbs, only so many on a connection, or not on every connection. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { Random } from '../cluster/runtime/random.ts';
import { healedLinks, shapesOfLinks, tellingLinks } from './link-reach.ts';
import type {
  ActiveFault,
  BreakableCluster,
  DelayProbe,
  LinkShape,
  Nemesis,
  ProbeResult,
} from './nemesis.ts';
import { spread } from './spread.ts';

/**
 * - `crumbs`: every byte arrives, a few at a time.
 * - `limits`: each connection ends after so many bytes, in the middle of whatever is said.
 * - `resets`: some connections end at their first byte, others are whole.
 */
const kinds = ['crumbs', 'limits', 'resets'] as const;
type Kind = (typeof kinds)[number];

const crumbGapMs = 0.5;
/** More than any limit, and enough crumbs to be told from a healthy link. */
const probeBytes: Readonly<Record<Kind, number>> = { crumbs: 16_384, limits: 131_072, resets: 1024 };
/** So many links, spread over all, tell enough. */
const probedLinksMax = 16;
/** With luck a connection is whole under `resets`. */
const resetTries = 3;

const shapes = shapesOfLinks('lossy links', kinds, shapeOf);

export const lossy: Nemesis = {
  name: 'lossy',
  needs: 'lossy',
  colours: ['#e9a0b8', '#8a2a4c'],
  purpose: 'frames that arrive in pieces or end half-way, and connections that are made again and again',
  variants: shapes.variants,
  plan: shapes.plan,
  fallback: shapes.fallback,
  async inject(cluster, plan): Promise<ActiveFault> {
    const kind = shapes.kindOf(plan.variant);
    const shape: LinkShape = plan.amounts ?? {};
    const shaping = await cluster.shapeLinks(plan.links, shape);
    const bitten = new Set<string>();
    const whole = new Set<string>();
    const isBad = (one: DelayProbe) => isBroken(kind, shape, one);
    return {
      probeBit: () => probe(cluster, tellingLinks(cluster, shaping.effective()), kind, bitten, isBad),
      heal: () => shaping.heal(),
      probeHealed: () => probe(cluster, healedLinks(cluster, plan.links), kind, whole, (one) => !isBad(one)),
    };
  },
};

function shapeOf(kind: Kind, random: Random): LinkShape {
  switch (kind) {
    case 'crumbs':
      return { crumbBytes: 32 + random.below(225), crumbGapMs };
    case 'limits':
      return { limitBytes: 8192 + random.below(57_345) };
    case 'resets':
      return { resetPercent: 30 + random.below(41) };
    default:
      return kind satisfies never;
  }
}

function isBroken(kind: Kind, shape: LinkShape, { ms, broke }: DelayProbe): boolean {
  if (kind !== 'crumbs') return broke === true;
  // None is longer than half as much again.
  const crumbs = probeBytes.crumbs / ((shape.crumbBytes ?? 1) * 1.5);
  return ms === undefined || ms >= (crumbs - 1) * crumbGapMs;
}

/**
 * Each link has to show it once; which did is kept in `seen`, from one call to the next. A link that nobody could ask (the way back is cut by
 * another fault) tells nothing.
 */
async function probe(
  cluster: BreakableCluster,
  telling: readonly FaultLink[],
  kind: Kind,
  seen: Set<string>,
  isWanted: (probe: DelayProbe) => boolean,
): Promise<ProbeResult> {
  const links = spread(telling, probedLinksMax);
  const missing = () => links.filter((link) => !seen.has(link.join('>')));
  const tries = kind === 'resets' ? resetTries : 1;
  const asked = missing().flatMap((link) => Array<FaultLink>(tries).fill(link));
  const probes = await cluster.probeDelays(asked, probeBytes[kind]);
  for (const { from, to } of probes.filter(isWanted)) seen.add(`${from}>${to}`);
  const answered = new Set(probes.map(({ from, to }) => `${from}>${to}`));
  const otherwise = missing()
    .map((link) => link.join('>'))
    .filter((link) => answered.has(link));
  return {
    proven: otherwise.length === 0 && (links.length === 0 || links.some((link) => seen.has(link.join('>')))),
    proof: {
      links: links.length,
      connections: probes.length,
      broke: probes.filter((one) => one.broke === true).length,
      ...(otherwise.length === 0 ? {} : { otherwise }),
    },
  };
}
