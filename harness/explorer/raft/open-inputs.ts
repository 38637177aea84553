/** What may happen to a member without any message, and what it costs. */

import type { RaftMember } from './raft-member.ts';
import type { RaftBounds } from './raft-model.ts';
import type { MemberInput } from './raft-step.ts';

/** What is used up, 4 bits each; from the fourth on it gives names, too. */
export const oneFault = 1;
export const oneCampaign = 1 << 4;
const oneHeartbeat = 1 << 8;
export const oneMessage = 1 << 12;
const oneRead = 1 << 16;
export const nameless = oneMessage - 1;

export const electionTicks = 2;

const firstBody = 'x'.charCodeAt(0);

export function countOf(used: number, one: number): number {
  return Math.floor(used / one) & 15;
}

export function inputsOpenTo(
  { state, unsynced, isDiskStuck }: RaftMember,
  used: number,
  { faults, campaigns, heartbeats, messages, reads }: RaftBounds,
  isReduced: boolean,
): readonly (readonly [MemberInput, number])[] {
  const open: (readonly [MemberInput, number])[] = [];
  if (isDiskStuck) open.push([{ kind: 'sync' }, 0]);
  if (state.role === 'leader') {
    const message = countOf(used, oneMessage);
    const readId = countOf(used, oneRead);
    if (countOf(used, oneHeartbeat) < heartbeats) open.push([{ kind: 'tick', luck: 0 }, oneHeartbeat]);
    if (message < messages)
      open.push([{ kind: 'propose', bodies: [Uint8Array.of(firstBody + message)] }, oneMessage]);
    if (readId < reads) open.push([{ kind: 'read', readId }, oneRead]);
  } else {
    if (countOf(used, oneCampaign) < campaigns) open.push([{ kind: 'campaign' }, oneCampaign]);
    const isPatient = state.electionElapsedTicks < electionTicks;
    // Only where it makes a difference: to a member that protects a leader.
    if (!isReduced && isPatient && state.leaderId !== undefined) open.push([{ kind: 'lapse' }, 0]);
  }
  if (isDiskStuck) {
    for (let survivingWrites = 0; survivingWrites <= unsynced.length; survivingWrites += 1) {
      const torn = unsynced[survivingWrites];
      const entries = torn?.what === 'entries' ? torn.entries.length : 1;
      for (let survivingEntries = 0; survivingEntries < entries; survivingEntries += 1)
        open.push([{ kind: 'restart', survivingWrites, survivingEntries }, 0]);
    }
  } else if (countOf(used, oneFault) < faults) {
    // Reduced: a disk that sticks does so with the first write, as it makes no difference before.
    const fault: MemberInput = isReduced
      ? { kind: 'restart', survivingWrites: 0, survivingEntries: 0 }
      : { kind: 'stick' };
    open.push([fault, oneFault]);
  }
  return open;
}
