/** What a master may do about its SyncStateSet, while it is awake for one step. As SyncStateSetKeeper. */
import type { MasterReplica, MasterWork } from './master-work.ts';
import type { Errand } from './world.ts';

type Proposal = Extract<Errand, { kind: 'proposal' }>;
type Answer = Extract<Errand, { kind: 'answer' }>;

/** False: nothing comes of it. */
export function mark({ acks, tracker, log }: MasterWork, brokerId: number): boolean {
  if (tracker.committed().syncStateSet.has(brokerId) || tracker.markOf(brokerId) !== undefined) return false;
  if (acks.ackOf(brokerId) === undefined) return false;
  tracker.mark(brokerId, log.length, 0);
  return true;
}

export function unmark({ tracker, vouched }: MasterWork, brokerId: number): boolean {
  const isGone = tracker.markOf(brokerId) !== undefined && tracker.unmark(brokerId);
  if (isGone) vouched.delete(brokerId);
  return isGone;
}

/** `isWith`: with the other broker, or without it. */
export function propose(
  work: MasterWork,
  { brokerId: from, role }: MasterReplica,
  brokerId: number,
  isWith: boolean,
): Proposal | undefined {
  const { tracker, acks, vouched } = work;
  const committed = tracker.committed();
  if (tracker.isAwaitingAnswer() || committed.syncStateSet.has(brokerId) === isWith) return undefined;
  const next = new Set(committed.syncStateSet);
  if (isWith) {
    const marked = tracker.markOf(brokerId);
    const ack = acks.ackOf(brokerId);
    if (marked === undefined || ack === undefined || ack < marked.offset) return undefined;
    vouched.set(brokerId, acks.incarnationOf(brokerId) ?? '');
    next.add(brokerId);
  } else next.delete(brokerId);
  tracker.propose(next);
  work.proposalToken += 1;
  const syncStateSet = [...next].sort((a, b) => a - b);
  return {
    kind: 'proposal',
    from,
    masterEpoch: role.masterEpoch,
    syncStateSetEpoch: committed.syncStateSetEpoch,
    syncStateSet,
    incarnations: syncStateSet.map((id) => [id, vouched.get(id) ?? '']),
    token: work.proposalToken,
  };
}

export function forget({ tracker }: MasterWork): boolean {
  const didWait = tracker.isAwaitingAnswer();
  if (didWait) tracker.answered({ kind: 'unknown' });
  return didWait;
}

export function hearAnswer(work: MasterWork, { adopted, token }: Answer): void {
  const view =
    adopted === undefined
      ? undefined
      : { syncStateSet: new Set(adopted.syncStateSet), syncStateSetEpoch: adopted.syncStateSetEpoch };
  if (view !== undefined) work.learn(view);
  if (token !== work.proposalToken || !work.tracker.isAwaitingAnswer()) return;
  work.tracker.answered(view === undefined ? { kind: 'rejected' } : { kind: 'adopted', ...view });
}
