/** Everything that may happen next in a world. */
import type { HeardViews } from './heard-views.ts';
import { isMaster, type MasterReplica } from './master-work.ts';
import type { Replica } from './replica.ts';
import type { SyncStateSetBounds, SyncStateSetRules } from './sync-state-set-model.ts';
import type { Errand, View, World } from './world.ts';
import { type Outcome, WorldStep } from './world-step.ts';

export interface Happening {
  readonly title: () => string;
  /** Undefined: nothing comes of it. */
  readonly happen: () => Outcome | undefined;
}

export function happenings(
  world: World,
  bounds: SyncStateSetBounds,
  rules: SyncStateSetRules,
  heard: HeardViews,
): readonly Happening[] {
  const step = new WorldStep(world, rules, heard);
  const { used } = world;
  const all: Happening[] = [];
  const add: Add = (title, happen) => void all.push({ title, happen });
  for (const replica of world.replicas) {
    const { brokerId, role } = replica;
    world.controller.views.forEach((view, index) => {
      add(
        () => `broker ${brokerId} is told view ${index}: ${viewText(view)}`,
        () => step.hear(replica, view),
      );
    });
    if (replica.epochAtRegistration === -1) {
      add(
        () => `broker ${brokerId} registers, alone`,
        () => step.register(replica, undefined, false),
      );
      for (const alive of world.replicas) {
        if (alive === replica) continue;
        // Which of two that are as good is preferred, is for their operator to say.
        for (const isFirst of [false, true])
          add(
            () =>
              `broker ${brokerId} registers, beside broker ${alive.brokerId}${isFirst ? ', which is preferred' : ''}`,
            () => step.register(replica, alive, isFirst),
          );
      }
    }
    if (used.faults < bounds.faults) {
      add(
        () => `broker ${brokerId} restarts`,
        () => step.restart(replica),
      );
      const link = world.links[brokerId - 1];
      if (link !== undefined && !link.isLeft)
        add(
          () => `the link of broker ${brokerId} breaks`,
          () => step.leave(replica, link),
        );
    }
    if (used.elections < bounds.elections && world.controller.brokerSet.syncStateSet.has(brokerId))
      add(
        () => `the controller holds its master for dead and sees broker ${brokerId} alive`,
        () => step.elect(replica),
      );
    if (role.kind === 'slave') addOfSlave(step, replica, add);
    if (isMaster(replica)) {
      if (used.messages < bounds.messages)
        add(
          () => `broker ${brokerId} is sent message ${used.messages + 1}`,
          () => step.append(replica),
        );
      addOfSet(step, replica, used.proposals < bounds.proposals, add);
    }
  }
  for (const errand of world.errands) {
    if (errand.kind === 'proposal')
      add(
        () => `${proposalText(errand)} reaches the controller`,
        () => step.decide(errand),
      );
    else
      add(
        () =>
          `the controller's answer reaches broker ${errand.to}: ${errand.adopted === undefined ? 'refused' : `adopted as {${errand.adopted.syncStateSet}}`}`,
        () => step.answered(errand),
      );
  }
  return all;
}

type Add = (title: () => string, happen: () => Outcome | undefined) => void;

function addOfSlave(step: WorldStep, replica: Replica, add: Add): void {
  const { brokerId } = replica;
  const link = step.world.links[brokerId - 1];
  if (link === undefined || link.isLeft)
    add(
      () => `broker ${brokerId} connects to its master`,
      () => step.connect(replica),
    );
  if (link === undefined) return;
  if (link.acks.length > 0)
    add(
      () => `the master of broker ${brokerId} hears its ack ${link.acks[0]}`,
      () => step.hearAck(replica, link),
    );
  if (link.isLeft) {
    add(
      () => `the master of broker ${brokerId} sees that the link is broken`,
      () => step.lose(replica, link),
    );
    return;
  }
  if (link.offered !== undefined)
    add(
      () => `broker ${brokerId} cuts its log to its master's`,
      () => step.align(replica, link),
    );
  else if (link.frames.length > 0)
    add(
      () => `broker ${brokerId} appends message ${link.frames[0]?.message}`,
      () => step.receive(replica, link),
    );
  else
    add(
      () => `broker ${brokerId} hears how far its master has confirmed`,
      () => step.hearConfirm(replica, link),
    );
}

function addOfSet(step: WorldStep, replica: MasterReplica, mayPropose: boolean, add: Add): void {
  const { brokerId } = replica;
  const { syncStateSet, marks, inFlight } = replica.role.part.tracker;
  const isAwaiting = inFlight !== -1;
  for (const { brokerId: id } of step.world.replicas) {
    if (id === brokerId) continue;
    const isMember = syncStateSet.includes(id);
    const isMarked = marks.some(([marked]) => marked === id);
    if (!isMember && !isMarked)
      add(
        () => `broker ${brokerId} makes its writes wait for broker ${id}`,
        () => step.mark(replica, id),
      );
    if (isMarked)
      add(
        () => `broker ${brokerId} gives broker ${id} up`,
        () => step.unmark(replica, id),
      );
    if (!mayPropose || isAwaiting) continue;
    if (isMember)
      add(
        () => `broker ${brokerId} proposes its set without broker ${id}`,
        () => step.propose(replica, id, false),
      );
    else if (isMarked)
      add(
        () => `broker ${brokerId} proposes its set with broker ${id}`,
        () => step.propose(replica, id, true),
      );
  }
  if (isAwaiting)
    add(
      () => `broker ${brokerId} waits no longer for the controller's answer`,
      () => step.forget(replica),
    );
}

function viewText({ masterBrokerId, masterEpoch, syncStateSet }: View): string {
  return `master ${masterBrokerId} epoch ${masterEpoch} {${syncStateSet}}`;
}

function proposalText({ from, masterEpoch, syncStateSet }: Extract<Errand, { kind: 'proposal' }>): string {
  return `the proposal {${syncStateSet}} of broker ${from} in epoch ${masterEpoch}`;
}
