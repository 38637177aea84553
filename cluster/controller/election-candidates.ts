/** Among whom an election chose, for those who judge it: the longest log wins. Pure. */
import type { AliveReplica, ControllerCommand } from './controller-command.ts';
import { successors } from './elect-policy.ts';
import type { ControllerResult } from './replicas-info.ts';

interface Candidate {
  readonly [field: string]: number;
  readonly brokerId: number;
  readonly epoch: number;
  readonly maxOffset: number;
}

/** Empty where the choice was not the controllers': the first master of a group, or one that an operator named. */
export function candidatesFor(
  { before, after }: ControllerResult,
  command: ControllerCommand,
): readonly Candidate[] {
  if (before === undefined || after === undefined || !('liveness' in command)) return [];
  if (before.syncStateSet.size === 0 || (command.kind === 'elect-master' && command.isDesignated)) return [];
  // The lives of after, for a registration begins one; the set of before, for an election makes it {winner}.
  const brokerSet = { ...after, syncStateSet: before.syncStateSet };
  const alive = command.kind === 'register-broker' ? withRegistrant(command) : command.liveness.alive;
  return successors(brokerSet, { ...command.liveness, alive }).map(({ brokerId, epoch, maxOffset }) => ({
    brokerId,
    epoch,
    maxOffset,
  }));
}

function withRegistrant(command: Extract<ControllerCommand, { kind: 'register-broker' }>): AliveReplica[] {
  const { registrant, liveness } = command;
  const others = liveness.alive.filter(({ brokerId }) => brokerId !== registrant.brokerId);
  const known = liveness.alive.find(
    ({ brokerId, incarnation }) => brokerId === registrant.brokerId && incarnation === registrant.incarnation,
  );
  return [...others, known ?? registrant];
}
