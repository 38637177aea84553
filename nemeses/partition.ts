/** Cuts links between hosts. */
import type { FaultLink } from '../checkers/history/fault.ts';
import {
  type ActiveFault,
  type BreakableCluster,
  cutFlavours,
  type FaultPlan,
  type LinkProbe,
  type Nemesis,
  type ProbeResult,
} from './nemesis.ts';
import { partitionShapes, planPartition } from './partition-plan.ts';
import { twoPartVariants } from './two-part-variants.ts';

const variants = twoPartVariants('partition', partitionShapes, cutFlavours);

/**
 * Links that nobody cuts are probed too: else a dead probe would look like a cut. One that passes is enough, since on a machine that is busy
 * with broken connections not all do in time.
 */
const controlLinksMax = 6;

export const partition: Nemesis = {
  name: 'partition',
  colours: ['#e9dca0', '#7d6f2a'],
  purpose:
    'two masters that both acknowledge, messages lost with a side, reads of a past that others left behind',
  variants: variants.all,
  plan(variant, random, view) {
    const [shape] = variants.parse(variant);
    const plan = planPartition(shape, random, view);
    if (typeof plan === 'string') return { kind: 'no-target', variant, reason: plan };
    if (plan.links.length === 0) return { kind: 'no-target', variant, reason: 'no link would be cut' };
    return { kind: 'planned', variant, targets: plan.targets, links: plan.links, nodes: [] };
  },
  fallback(variant) {
    const [shape, flavour] = variants.parse(variant);
    return shape === 'half' ? undefined : `half/${flavour}`;
  },
  async inject(cluster, plan): Promise<ActiveFault> {
    const [, flavour] = variants.parse(plan.variant);
    const cut = await cluster.cut(plan.links, flavour);
    const unproven = new Map(plan.links.map((link) => [link.join('>'), link]));
    const working = new Set<string>();
    return {
      probeBit: () => probeBit(cluster, plan, working),
      heal: () => cut.heal(),
      probeHealed: () => probeHealed(cluster, unproven, plan.links.length),
    };
  },
};

/** No byte passes a cut link, on connections dialled by either host; bytes passed, in this probe or one before, on links that nobody cuts. */
async function probeBit(
  cluster: BreakableCluster,
  plan: FaultPlan,
  working: Set<string>,
): Promise<ProbeResult> {
  const controls = controlLinks(cluster, plan);
  const probes = await cluster.probeLinks([...plan.links, ...controls]);
  const cutProbes = probes.slice(0, plan.links.length);
  const controlProbes = probes.slice(plan.links.length);
  const leaking = cutProbes.filter((probe) => passesSomehow(probe));
  for (const name of namesOf(controlProbes.filter(passesWholly))) working.add(name);
  return {
    // Where everything is cut there is nothing to compare with.
    proven: leaking.length === 0 && (working.size > 0 || controls.length === 0),
    proof: {
      linksCut: cutProbes.length - leaking.length,
      serversUnreachable: cutProbes.filter(({ serverAnswered }) => serverAnswered === false).length,
      uncutLinksThatWork: [...working],
      ...(leaking.length === 0 ? {} : { linksThatLeak: namesOf(leaking) }),
      ...(working.size > 0 ? {} : { uncutLinksThatFail: namesOf(controlProbes) }),
    },
  };
}

/**
 * A link that was seen to pass once is proven and leaves `unproven`, so that a busy moment of the machine does not undo the proof. Links that
 * another fault still holds are its to heal; a server that is down is another's to raise.
 */
async function probeHealed(
  cluster: BreakableCluster,
  unproven: Map<string, FaultLink>,
  linkCount: number,
): Promise<ProbeResult> {
  const stillCut = new Set(cluster.cutLinks().map((link) => link.join('>')));
  const free = [...unproven.values()].filter((link) => !stillCut.has(link.join('>')));
  const probes = await cluster.probeLinks(free);
  const silent = await silentServers(cluster, probes);
  const failing = probes.filter(
    (probe) =>
      !passesWholly(probe) ||
      // The answer comes back over the other direction, which another fault may hold.
      (probe.serverAnswered === false && !silent.has(probe.to) && !stillCut.has(`${probe.to}>${probe.from}`)),
  );
  for (const probe of probes) if (!failing.includes(probe)) unproven.delete(`${probe.from}>${probe.to}`);
  return {
    proven: failing.length === 0,
    proof: {
      linksThatWork: linkCount - unproven.size,
      linksCutByOthers: [...unproven.keys()].filter((key) => stillCut.has(key)).length,
      ...(failing.length === 0 ? {} : { linksThatFail: namesOf(failing) }),
    },
  };
}

/** Those that do not answer past all links either. */
async function silentServers(
  cluster: BreakableCluster,
  probes: readonly LinkProbe[],
): Promise<ReadonlySet<string>> {
  const asked = [...new Set(probes.filter((probe) => probe.serverAnswered === false).map(({ to }) => to))];
  const answers = await Promise.all(asked.map((node) => cluster.probeNode(node)));
  return new Set(answers.filter(({ answered }) => !answered).map(({ node }) => node));
}

/** Both directions must be free: a server's answer needs both. */
function controlLinks(cluster: BreakableCluster, plan: FaultPlan): readonly FaultLink[] {
  const cut = new Set([...plan.links, ...cluster.cutLinks()].map((link) => link.join('>')));
  const names = cluster.hosts.map(({ name }) => name);
  const servers = cluster.hosts.filter(({ kind }) => kind !== 'client').map(({ name }) => name);
  const free = names.flatMap((from) =>
    servers
      .filter((to) => from !== to && !cut.has(`${from}>${to}`) && !cut.has(`${to}>${from}`))
      .map((to): FaultLink => [from, to]),
  );
  // Of the hosts that were hit first: their other links are the ones worth showing.
  const ofTargets = free.filter(([from]) => plan.targets.includes(from));
  return [...ofTargets, ...free.filter(([from]) => !plan.targets.includes(from))].slice(0, controlLinksMax);
}

function passesSomehow(probe: LinkProbe): boolean {
  return (
    probe.onConnectionsOfFrom === true || probe.onConnectionsOfTo === true || probe.serverAnswered === true
  );
}

/** Whether a server answers is not asked: it may be down for reasons of its own. */
function passesWholly(probe: LinkProbe): boolean {
  return probe.onConnectionsOfFrom !== false && probe.onConnectionsOfTo !== false;
}

function namesOf(probes: readonly LinkProbe[]): readonly string[] {
  return probes.map(({ from, to }) => `${from}>${to}`);
}
