/** A member that leaves for good, and one with an empty disk that comes in its place, at once or at the heal. */
import type { ActiveFault, BreakableCluster } from './nemesis.ts';
import { forgetOld, type Joining } from './new-member.ts';

export async function changeMember(
  cluster: BreakableCluster,
  node: string,
  joining: Joining,
  isReplaced: boolean,
): Promise<ActiveFault> {
  const oldIds = await joining.ids();
  let newId: string | undefined;
  const renew = async () => {
    await cluster.kill(node);
    newId = await cluster.wipe(node);
    await cluster.start(node);
  };
  if (isReplaced) await renew();
  else if (joining.leavesDead) await cluster.kill(node);
  return {
    probeBit: async () => {
      // That the new one came is what heals; a process may take long to start.
      const left = await forgetOld(joining, oldIds);
      return { proven: left.length === 0, proof: { gone: oldIds } };
    },
    heal: async () => {
      if (newId === undefined) await renew();
      else await cluster.start(node);
    },
    probeHealed: () => joining.join(oldIds, newId ?? ''),
  };
}
