/** What a slave does with what its master sends: the real plan of the handshake and the real check of frames. */
import { startEpoch } from '../../../cluster/ha/epoch-list.ts';
import { checkFrame } from '../../../cluster/ha/frame-check.ts';
import { planHandshake } from '../../../cluster/ha/handshake-plan.ts';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import type { Frame, Link, Replica } from './replica.ts';

export interface SlaveStep {
  readonly replica: Replica;
  readonly link: Link;
  readonly violation: string | undefined;
}

export function align(replica: Replica, link: Link, seededBugs: ReadonlySet<SeededBug>): SlaveStep {
  const { offered } = link;
  if (offered === undefined) return { replica, link, violation: undefined };
  const { log, epochs, confirmOffset, roleEpoch } = replica;
  const own = { epochs, maxOffset: log.length, confirmOffset, followedEpoch: roleEpoch };
  const plan = planHandshake({ ...offered, masterEpoch: link.masterEpoch }, own, seededBugs);
  switch (plan.kind) {
    case 'refuse': {
      const violation = plan.operator
        ? `broker ${replica.brokerId} needs an operator: ${plan.reason}`
        : undefined;
      return { replica, link: { ...link, isLeft: true }, violation };
    }
    case 'below-confirm': {
      const violation = `broker ${replica.brokerId} has confirmed up to ${confirmOffset}, but shares its log with its master only up to ${plan.offset}`;
      return { replica, link, violation };
    }
    case 'keep-tail': {
      const acks = [...link.acks, plan.reportOffset];
      return { replica, link: { ...link, offered: undefined, acks, keepsTail: true }, violation: undefined };
    }
    case 'truncate': {
      const cut: Replica = { ...replica, log: log.slice(0, plan.offset), epochs: plan.epochs };
      const acks = [...link.acks, plan.offset];
      return { replica: cut, link: { ...link, offered: undefined, acks }, violation: undefined };
    }
  }
}

export function receive(replica: Replica, link: Link, seededBugs: ReadonlySet<SeededBug>): SlaveStep {
  const [frame, ...frames] = link.frames;
  if (frame === undefined) return { replica, link, violation: undefined };
  const rest: Link = { ...link, frames };
  if (rest.keepsTail) return receiveBehindTail(replica, rest, frame, seededBugs);
  const header = {
    offset: frame.offset,
    epoch: frame.epoch,
    epochStartOffset: frame.epochStartOffset,
    confirmOffset: frame.confirmOffset,
  };
  const { epochs, log, roleEpoch } = replica;
  const verdict = checkFrame({ header, epochs, maxOffset: log.length, followedEpoch: roleEpoch });
  if (verdict.kind === 'refuse')
    return { replica, link: { ...rest, frames: [], isLeft: true }, violation: undefined };
  const labelled = verdict.kind === 'new-epoch' ? startEpoch(epochs, verdict.entry, seededBugs) : epochs;
  return { ...appended({ ...replica, epochs: labelled }, rest, frame), violation: undefined };
}

/** The bug: what comes for a place that is taken is held for what is there. */
function receiveBehindTail(
  replica: Replica,
  link: Link,
  frame: Frame,
  seededBugs: ReadonlySet<SeededBug>,
): SlaveStep {
  const end = frame.offset + 1;
  if (end <= replica.log.length)
    return { replica, link: { ...link, acks: [...link.acks, end] }, violation: undefined };
  const entry = { epoch: frame.epoch, startOffset: frame.epochStartOffset };
  const older = replica.epochs.filter(({ epoch }) => epoch < frame.epoch);
  const labelled = { ...replica, epochs: startEpoch(older, entry, seededBugs) };
  return { ...appended(labelled, { ...link, keepsTail: false }, frame), violation: undefined };
}

function appended(
  replica: Replica,
  link: Link,
  frame: Frame,
): { readonly replica: Replica; readonly link: Link } {
  const log = [...replica.log, frame.message];
  const confirmOffset = Math.max(replica.confirmOffset, Math.min(frame.confirmOffset, log.length));
  return { replica: { ...replica, log, confirmOffset }, link: { ...link, acks: [...link.acks, log.length] } };
}
