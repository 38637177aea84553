/** Verbs that are the same in every world. */
import type { BreakableCluster } from '../../nemeses/nemesis.ts';
import type { Operator } from '../../nemeses/operator.ts';
import type { OpenOptions } from './deployment.ts';

export function operatorOf({ operator }: OpenOptions): Operator {
  if (operator === undefined) throw new Error('nobody asks the controllers of this cluster as an operator');
  return operator();
}

export function wipeAbsent(
  cluster: Pick<BreakableCluster, 'state'>,
  node: string,
  wipe: () => string,
): Promise<string> {
  const state = cluster.state(node);
  return state === 'absent'
    ? Promise.resolve(wipe())
    : Promise.reject(new Error(`the disk of ${node} cannot be emptied: the node is ${state}; kill it first`));
}
