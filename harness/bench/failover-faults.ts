/** The faults that are timed: what is hit, how, and what is wanted of it. */
import type { Cut } from '../../nemeses/nemesis.ts';
import type { Cluster } from '../deployment/deployment.ts';

export const targetKinds = ['master', 'slave', 'controller leader'] as const;
export type TargetKind = (typeof targetKinds)[number];
export const ways = ['kill', 'pause', 'cut-off'] as const;
export type Way = (typeof ways)[number];

export interface FailoverFault {
  readonly name: string;
  readonly target: TargetKind;
  readonly way: Way;
}

export const failoverFaults: readonly FailoverFault[] = targetKinds.flatMap((target) =>
  ways.map((way) => ({ name: `${way} of ${target === 'slave' ? 'a' : 'the'} ${target}`, target, way })),
);

/** Does it to `node`. Returns how to undo it. A cut keeps the bytes of both directions, to and from everybody. */
export async function inject(cluster: Cluster, way: Way, node: string): Promise<() => Promise<void>> {
  switch (way) {
    case 'kill':
      await cluster.kill(node);
      return () => cluster.start(node);
    case 'pause':
      await cluster.pause(node);
      return () => cluster.resume(node);
    case 'cut-off': {
      const cut: Cut = await cluster.cut(linksOf(cluster, node), 'drop');
      return () => cut.heal();
    }
    default:
      return way satisfies never;
  }
}

function linksOf(cluster: Cluster, node: string): readonly (readonly [string, string])[] {
  const others = cluster.hosts.map(({ name }) => name).filter((name) => name !== node);
  return others.flatMap((other) => [[node, other] as const, [other, node] as const]);
}
