/**
 * A broker, less what others have only told it: how far it knows its log to be confirmed, and what a master heard of its slaves' ends.
 * What was said is kept instead: of each slave the most that it may have acknowledged. Before each step it is guessed how much was heard.
 */
import { withoutTheForgotten } from './forgotten.ts';
import { isMaster, type MasterReplica } from './master-work.ts';
import type { Said } from './promises.ts';
import { incarnationOf, type Link, type MasterPart, type Replica } from './replica.ts';
import type { Errand, World } from './world.ts';

type Proposal = Extract<Errand, { kind: 'proposal' }>;

export function widened(replica: Replica): Replica {
  const known = { ...withoutTheForgotten(replica), confirmOffset: 0 };
  if (!isMaster(known)) return known;
  const { part } = known.role;
  // A proposal that is refused for want of a voucher must not be joined with one that may be adopted.
  const vouched = part.tracker.unresolved.length === 0 ? [] : part.vouched;
  return { ...known, role: { ...known.role, part: { ...part, vouched } } };
}

/** After a deed of its own: what may have been heard is what it was before. */
export function stillHearing(after: Replica, before: MasterReplica, proposal?: Proposal): Replica {
  if (!isMaster(after) || after.role.masterEpoch !== before.role.masterEpoch) return after;
  const { acks, vouched } = before.role.part;
  const part = { ...after.role.part, acks, vouched: proposal?.incarnations ?? vouched };
  return { ...after, role: { ...after.role, part } };
}

type Rows = MasterPart['acks'];

/**
 * A master that has heard nothing of each slave, or an end up to the last one that was said; that vouches for the members it has heard;
 * and that knows any part of `confirmed` for confirmed.
 */
export function awake(master: MasterReplica, confirmed: number): readonly MasterReplica[] {
  const { role, brokerId } = master;
  const { acks, tracker } = role.part;
  let all: Rows[] = [[]];
  for (const [id, row] of acks) {
    const ends = [undefined, ...upTo(row.ackOffset ?? -1)];
    all = all.flatMap((rows) =>
      ends.map((ackOffset): Rows => [...rows, [id, { ...row, ackOffset }] as const]),
    );
  }
  return all.flatMap((rows) => {
    const heard = rows.filter(
      ([id, { ackOffset }]) => ackOffset !== undefined && tracker.syncStateSet.includes(id),
    );
    const others = heard.map(([id, { incarnation }]) => [id, incarnation] as const);
    const vouched = [[brokerId, incarnationOf(master)] as const, ...others].sort(([a], [b]) => a - b);
    const part = { ...role.part, acks: rows, vouched };
    return upTo(confirmed).map((confirmOffset) => ({ ...master, confirmOffset, role: { ...role, part } }));
  });
}

function upTo(end: number): readonly number[] {
  return Array.from({ length: end + 1 }, (_, at) => at);
}

/** All that it may know for confirmed: that was said, and has not been cut from its log since. */
export function confirmedMax({ log }: Replica, { named }: Said): number {
  let end = 0;
  while (end < log.length && named[end] === log[end]) end += 1;
  return end;
}

/** The slave, in its present life, has said on a connection that its log ends at `end`. */
export function toldEnd(master: MasterReplica, slave: Replica, end: number): Replica {
  const { role } = master;
  const never = { lastHeardMs: 0, caughtUpMs: 0, sampleOffset: 0, sampleMs: 0, lostMs: 0 };
  const row = { ...never, connectionId: 1, incarnation: incarnationOf(slave), ackOffset: end };
  const others = role.part.acks.filter(([id]) => id !== slave.brokerId);
  const acks = [...others, [slave.brokerId, row] as const].sort(([a], [b]) => a - b);
  return { ...master, role: { ...role, part: { ...role.part, acks } } };
}

const plain = { connectionId: 1, frames: [], acks: [], keepsTail: false, isLeft: false };

/** To a living master: all that it has may come, and all that was received is acknowledged. */
export function alignedLink(masterBrokerId: number, masterEpoch: number): Link {
  return { ...plain, masterBrokerId, masterEpoch, offered: undefined, sentOffset: 0 };
}

/** The answer to a handshake. */
export function offeredBy(master: MasterReplica): Link {
  const { brokerId, epochs, log, role } = master;
  const offered = { epochs, maxOffset: log.length };
  return {
    ...plain,
    masterBrokerId: brokerId,
    masterEpoch: role.masterEpoch,
    offered,
    sentOffset: undefined,
  };
}

export function masterOf({ role }: Replica, { replicas }: World): MasterReplica | undefined {
  if (role.kind !== 'slave') return undefined;
  const master = replicas[role.masterBrokerId - 1];
  if (master === undefined || !isMaster(master)) return undefined;
  return master.role.masterEpoch === role.masterEpoch ? master : undefined;
}
