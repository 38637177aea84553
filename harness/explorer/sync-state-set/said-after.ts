/** What a broker's step takes back never: what it acknowledged and confirmed is said now. */
import { name, type Said } from './promises.ts';
import { incarnationOf, type Replica } from './replica.ts';
import type { RoleChange } from './role-actions.ts';

export function saidAfter(
  said: Said,
  before: Replica | undefined,
  { replica, acknowledged, violation }: RoleChange,
): { readonly said: Said; readonly violation: string | undefined } {
  let after = said;
  let broken = violation;
  if (before !== undefined && replica.roleEpoch < before.roleEpoch)
    broken ??= `broker ${replica.brokerId} goes back to epoch ${replica.roleEpoch}`;
  const ends = new Set(acknowledged);
  for (let end = (before?.confirmOffset ?? 0) + 1; end <= replica.confirmOffset; end += 1) ends.add(end);
  for (const end of ends) {
    const named = name(after, end - 1, replica.log[end - 1] ?? -1);
    if (typeof named === 'string') broken ??= named;
    else after = named;
  }
  if (acknowledged.length > 0 && replica.role.kind === 'master') {
    const { masterEpoch } = replica.role;
    const own = incarnationOf(replica);
    const other = after.acknowledgers[masterEpoch] ?? own;
    if (other !== own) broken ??= `${other} and ${own} both acknowledge in epoch ${masterEpoch}`;
    after = { ...after, acknowledgers: { ...after.acknowledgers, [masterEpoch]: own } };
  }
  return { said: after, violation: broken };
}
