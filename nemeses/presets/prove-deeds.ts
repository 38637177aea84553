/** Proof that each deed of a script bit, taken from the cluster as soon as it is done. */
import type { FaultEvent, FaultLink } from '../../checkers/history/fault.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { BreakableCluster } from '../nemesis.ts';
import { wait } from '../wait.ts';

export interface ProvenDeed {
  readonly isProven: boolean;
  /** 'n2 is gone', '6 links cut, none passes: n1>n2 n1>n3 ...' */
  readonly text: string;
}

const patienceMs = 6000;
const askAgainMs = 50;
const probedLinksMax = 6;

/** `deed`: the event that tells of its injection. */
export async function proveDeed(
  deed: Pick<FaultEvent, 'targets' | 'links'>,
  cluster: BreakableCluster,
  clock: Clock,
): Promise<ProvenDeed> {
  const untilMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const proof = await ask(deed, cluster);
    if (proof.isProven || clock.monotonicMs() >= untilMs) return proof;
    await wait(askAgainMs, clock);
  }
}

async function ask(
  { targets, links = [] }: Pick<FaultEvent, 'targets' | 'links'>,
  cluster: BreakableCluster,
): Promise<ProvenDeed> {
  if (links.length > 0) return askLinks(links, cluster);
  const [node = ''] = targets;
  const { state, answered } = await cluster.probeNode(node);
  const isProven = state !== 'running' && !answered;
  const how = state === 'paused' ? 'stands still' : 'is gone';
  return { isProven, text: isProven ? `${node} ${how}` : `${node} still answers` };
}

async function askLinks(links: readonly FaultLink[], cluster: BreakableCluster): Promise<ProvenDeed> {
  const probes = await cluster.probeLinks(links.slice(0, probedLinksMax));
  const leaking = probes.filter(
    (probe) =>
      probe.onConnectionsOfFrom === true || probe.onConnectionsOfTo === true || probe.serverAnswered === true,
  );
  const names = (some: readonly { readonly from: string; readonly to: string }[]) =>
    some.map(({ from, to }) => `${from}>${to}`).join(' ');
  return leaking.length === 0
    ? { isProven: true, text: `${links.length} links are cut, nothing passes ${names(probes)}` }
    : { isProven: false, text: `bytes still pass ${names(leaking)}` };
}
