/** Disks that lose, tear, fill, crawl, refuse to read, and rot. */

import { type DeedDone, doToEach, probeBack, probeGone } from './life-proofs.ts';
import type {
  ActiveFault,
  BreakableCluster,
  ClusterView,
  DiskProbe,
  DiskTrouble,
  FaultPlan,
  Nemesis,
  ProbeResult,
  Settings,
} from './nemesis.ts';
import { planNodes } from './node-targets.ts';
import { twoPartVariants } from './two-part-variants.ts';

/** The power goes, and with it what was not synced: all of it, or what luck takes. */
const powerCuts = ['lose-unsynced', 'torn-write'] as const;
/** While the node runs. */
const troubles = ['slow', 'full', 'read-error'] as const;
/** Of what was stored, while the node is down. */
const damages = ['bit-flip', 'truncate'] as const;
const variants = twoPartVariants(
  'disk fault',
  [...powerCuts, ...troubles, ...damages],
  ['one', 'minority', 'majority', 'all'],
);

/** A healthy disk takes up to 16 ms for what the probe asks of it. */
const slowMs = 20;
const slowFactorMin = 150;
const slowFactorMax = 1000;
const places = 1_000_000;
/**
 * Rot is of what lies there for a while: what was written in the last moments before a node died has no checksum yet but that of bodies
 * (CHANGELOG, known gaps).
 */
const oldShare = 0.9;

export const disk: Nemesis = {
  name: 'disk',
  needs: 'disk',
  colours: ['#a0e9c7', '#2f7a58'],
  purpose:
    'acknowledgements before the disk has them, recovery that believes torn records, damage that spreads',
  variants: variants.all,
  plan(variant, random, view) {
    const [kind, target] = variants.parse(variant);
    const hasLog = kind === 'bit-flip' || kind === 'truncate';
    const plan = planNodes(target, random, hasLog ? brokersOnly(view) : view);
    if (plan.kind === 'no-target') return { ...plan, variant };
    const amounts: Record<string, number> = {};
    if (kind === 'slow') amounts['factor'] = slowFactorMin + random.below(slowFactorMax - slowFactorMin + 1);
    if (hasLog) for (const node of plan.nodes) amounts[node] = (random.below(places) / places) * oldShare;
    return { ...plan, variant, ...(Object.keys(amounts).length === 0 ? {} : { amounts }) };
  },
  fallback(variant) {
    const [kind, target] = variants.parse(variant);
    return target === 'one' ? undefined : `${kind}/one`;
  },
  exceeds,
  onlyByName: (variant) => {
    const [kind] = variants.parse(variant);
    return kind === 'read-error' || kind === 'bit-flip' || kind === 'truncate';
  },
  inject(cluster, plan) {
    const [kind] = variants.parse(plan.variant);
    switch (kind) {
      case 'lose-unsynced':
        return cutPower(cluster, plan, 'lost');
      case 'torn-write':
        return cutPower(cluster, plan, 'torn');
      case 'slow':
        return trouble(cluster, plan, { kind, factor: plan.amounts?.['factor'] ?? slowFactorMin });
      case 'full':
      case 'read-error':
        return trouble(cluster, plan, { kind });
      case 'bit-flip':
      case 'truncate':
        return damage(cluster, plan, kind);
      default:
        return kind satisfies never;
    }
  },
};

function exceeds(variant: string, { flush, minInSyncReplicas, nodes }: Settings): string | undefined {
  const [kind, target] = variants.parse(variant);
  const count = {
    one: 1,
    minority: Math.floor((nodes - 1) / 2),
    majority: Math.floor(nodes / 2) + 1,
    all: nodes,
  };
  switch (kind) {
    case 'lose-unsynced':
    case 'torn-write':
      return flush === 'sync'
        ? undefined
        : 'under ASYNC_FLUSH an acknowledgement survives the death of processes, not of machines (G1)';
    case 'slow':
    case 'full':
      return target === 'one'
        ? undefined
        : 'on more than one disk at a time writes may stop for as long (G7)';
    case 'read-error':
    case 'bit-flip':
    case 'truncate':
      if (flush !== 'sync')
        return 'under ASYNC_FLUSH the death of processes is survived, no trouble of disks (G1)';
      return count[target] < minInSyncReplicas
        ? undefined
        : `an acknowledged message is on ${minInSyncReplicas} disk${minInSyncReplicas === 1 ? '' : 's'} for certain (minInSyncReplicas), and ${count[target]} may be harmed (G1)`;
    default:
      return kind satisfies never;
  }
}

function brokersOnly(view: ClusterView): ClusterView {
  return { ...view, hosts: view.hosts.filter(({ kind }) => kind === 'broker') };
}

async function cutPower(
  cluster: BreakableCluster,
  { nodes }: FaultPlan,
  unsynced: 'lost' | 'torn',
): Promise<ActiveFault> {
  const losses: string[] = [];
  const cut = await doToEach(cluster, nodes, async (node) => {
    const loss = await cluster.cutPower(node, unsynced);
    if (loss !== undefined) losses.push(loss);
  });
  return untilStarted(cluster, cut, losses.length === 0 ? {} : { losses });
}

async function damage(
  cluster: BreakableCluster,
  plan: FaultPlan,
  kind: 'bit-flip' | 'truncate',
): Promise<ActiveFault> {
  const { nodes } = plan;
  const killed = await doToEach(cluster, nodes, (node) => cluster.kill(node));
  const done = await Promise.all(
    nodes.map(async (node) => {
      const scar = await cluster.damageDisk(node, { kind, place: plan.amounts?.[node] ?? 0 });
      return `${node} ${scar}`;
    }),
  );
  return untilStarted(cluster, killed, { damage: done });
}

function untilStarted(cluster: BreakableCluster, done: DeedDone, also: ProbeResult['proof']): ActiveFault {
  const nodes = [...done.keys()];
  return {
    probeBit: async () => {
      const { proven, proof } = await probeGone(cluster, done);
      return { proven, proof: { ...proof, ...also } };
    },
    heal: async () => {
      await Promise.all(nodes.map((node) => cluster.start(node)));
    },
    probeHealed: () => probeBack(cluster, nodes),
  };
}

async function trouble(
  cluster: BreakableCluster,
  { nodes }: FaultPlan,
  what: DiskTrouble,
): Promise<ActiveFault> {
  await Promise.all(nodes.map((node) => cluster.breakDisk(node, what)));
  return {
    probeBit: async () => diskVerdict(await probeAll(cluster, nodes), (probe) => isBroken(probe, what)),
    heal: async () => {
      await Promise.all(nodes.map((node) => cluster.mendDisk(node)));
      // One that could not live on such a disk, or not start on it, is started again.
      await Promise.all(nodes.map((node) => cluster.start(node)));
    },
    probeHealed: async () => {
      const disks = diskVerdict(await probeAll(cluster, nodes), (probe) => !isBroken(probe, what));
      const back = await probeBack(cluster, nodes);
      return { proven: disks.proven && back.proven, proof: { ...disks.proof, ...back.proof } };
    },
  };
}

function probeAll(cluster: BreakableCluster, nodes: readonly string[]): Promise<readonly DiskProbe[]> {
  return Promise.all(nodes.map((node) => cluster.probeDisk(node)));
}

function isBroken({ write, read, ms }: DiskProbe, { kind }: DiskTrouble): boolean {
  switch (kind) {
    case 'slow':
      return ms >= slowMs;
    case 'full':
      return write === 'ENOSPC';
    case 'read-error':
      return read === 'EIO';
    default:
      return kind satisfies never;
  }
}

function diskVerdict(probes: readonly DiskProbe[], isProven: (probe: DiskProbe) => boolean): ProbeResult {
  const disks = probes.map(
    ({ node, write, read, ms }) => `${node} write ${write}, read ${read}, ${ms.toFixed(1)} ms`,
  );
  return { proven: probes.every(isProven), proof: { disks } };
}
