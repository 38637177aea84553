/** One step of the world: what each of the things that may happen does to brokers, links, controller and errands. */
import type { ControllerCommand, Liveness } from '../../../cluster/controller/controller-command.ts';
import type { HeardViews } from './heard-views.ts';
import { forget, hearAnswer, mark, propose, unmark } from './master-deeds.ts';
import { isMaster, MasterWork } from './master-work.ts';
import { pumped } from './pumped.ts';
import { incarnationOf, type Link, type Replica, restarted } from './replica.ts';
import { advance, type RoleChange } from './role-actions.ts';
import { saidAfter } from './said-after.ts';
import { align, receive, type SlaveStep } from './slave-actions.ts';
import type { SyncStateSetRules } from './sync-state-set-model.ts';
import { type Errand, replaced, type Used, type View, viewOf, type World } from './world.ts';

export interface Outcome {
  readonly world: World;
  readonly violation: string | undefined;
}

export class WorldStep {
  readonly world: World;
  readonly #rules: SyncStateSetRules;
  readonly #heard: HeardViews;

  constructor(world: World, rules: SyncStateSetRules, heard: HeardViews) {
    this.world = world;
    this.#rules = rules;
    this.#heard = heard;
  }

  hear(replica: Replica, view: View): Outcome | undefined {
    const change = this.#heard.hear(replica, view);
    if (change === undefined) return undefined;
    const isSameRole =
      change.replica.role.kind === replica.role.kind && change.replica.roleEpoch === replica.roleEpoch;
    const world = isSameRole ? this.world : this.#withoutRole(replica);
    return this.#changed(change, world);
  }

  append(replica: Replica): Outcome | undefined {
    if (!isMaster(replica)) return undefined;
    const { seededBugs, minInSyncReplicas } = this.#rules;
    if (!new MasterWork(replica, seededBugs, minInSyncReplicas).isAdmitting()) return undefined;
    const message = this.world.used.messages + 1;
    const change = this.#advance(replica, (work) => work.append(message));
    return this.#changed(change, pumped(this.#use({ messages: 1 }), change.replica));
  }

  connect(replica: Replica): Outcome | undefined {
    const { role, brokerId } = replica;
    if (role.kind !== 'slave') return undefined;
    const master = this.world.replicas[role.masterBrokerId - 1];
    if (master === undefined || !isMaster(master) || master.role.masterEpoch !== role.masterEpoch)
      return undefined;
    let connectionId = 0;
    const change = this.#advance(master, (work) => {
      connectionId = work.nextConnectionId;
      work.nextConnectionId += 1;
      work.acks.connected(brokerId, connectionId, incarnationOf(replica), 0);
    });
    const link: Link = {
      masterBrokerId: master.brokerId,
      masterEpoch: role.masterEpoch,
      connectionId,
      offered: { epochs: master.epochs, maxOffset: master.log.length },
      frames: [],
      acks: [],
      sentOffset: undefined,
      keepsTail: false,
      isLeft: false,
    };
    return this.#changed(change, this.#withLink(brokerId, link));
  }

  align(replica: Replica, link: Link): Outcome {
    return this.#slaveStep(align(replica, link, this.#rules.seededBugs));
  }

  receive(replica: Replica, link: Link): Outcome {
    return this.#slaveStep(receive(replica, link, this.#rules.seededBugs));
  }

  /** A frame without bytes. */
  hearConfirm(replica: Replica, link: Link): Outcome | undefined {
    const master = this.#masterOf(link);
    if (master === undefined || link.sentOffset === undefined || link.keepsTail) return undefined;
    const confirmOffset = Math.min(master.confirmOffset, replica.log.length);
    if (confirmOffset <= replica.confirmOffset) return undefined;
    return this.#changed(
      { replica: { ...replica, confirmOffset }, acknowledged: [], violation: undefined },
      this.world,
    );
  }

  hearAck(replica: Replica, link: Link): Outcome | undefined {
    const master = this.#masterOf(link);
    const [offset, ...acks] = link.acks;
    if (offset === undefined) return undefined;
    const { brokerId } = replica;
    if (master === undefined) return undefined;
    const isFirst = link.sentOffset === undefined;
    const sentOffset = link.sentOffset ?? offset;
    let isWrong = isFirst && offset > master.log.length;
    const change = this.#advance(master, (work) => {
      if (isWrong) return;
      const verdict = work.acks.acked(brokerId, link.connectionId, offset, sentOffset, master.log.length, 0);
      isWrong = verdict === 'beyond-sent' || verdict === 'went-back';
      if (!isWrong) work.heard(brokerId);
    });
    if (isWrong) return this.lose(replica, link);
    const heard: Link = { ...link, acks, sentOffset };
    return this.#changed(change, pumped(this.#withLink(brokerId, heard), change.replica));
  }

  /** By the slave; its master need not notice. */
  leave(replica: Replica, link: Link): Outcome {
    const left: Link = { ...link, frames: [], offered: undefined, isLeft: true };
    return {
      world: { ...this.#withLink(replica.brokerId, left), used: this.#use({ faults: 1 }).used },
      violation: undefined,
    };
  }

  lose(replica: Replica, link: Link): Outcome | undefined {
    const { brokerId } = replica;
    const master = this.#masterOf(link);
    const world = this.#withLink(brokerId, undefined);
    if (master === undefined) return { world, violation: undefined };
    const change = this.#advance(master, (work) => {
      if (work.acks.disconnected(brokerId, link.connectionId, 0)) work.tracker.unmark(brokerId);
    });
    return this.#changed(change, world);
  }

  restart(replica: Replica): Outcome {
    const fresh = restarted(replica);
    const world = { ...this.#withoutRole(replica), used: this.#use({ faults: 1 }).used };
    return this.#changed({ replica: fresh, acknowledged: [], violation: undefined }, world);
  }

  /** `isFirst`: `alive` is preferred where both are as good. */
  register(replica: Replica, alive: Replica | undefined, isFirst: boolean): Outcome | undefined {
    const command = {
      kind: 'register-broker',
      brokerName: 'b',
      clusterName: 'c',
      brokerAddress: `broker-${replica.brokerId}:1`,
      haAddress: `broker-${replica.brokerId}:1`,
      registrant: aliveOf(replica),
      liveness: { ...nobodyAlive, alive: alive === undefined ? [] : [aliveOf(alive, isFirst ? 0 : 2)] },
      invokeTime: 0,
    } as const;
    const world = this.#decided(command);
    if (world === undefined) return undefined;
    const { masterEpoch } = world.controller.brokerSet;
    const registered = { ...replica, epochAtRegistration: masterEpoch };
    return this.#changed({ replica: registered, acknowledged: [], violation: undefined }, world);
  }

  elect(winner: Replica): Outcome | undefined {
    const { brokerSet } = this.world.controller;
    const command = {
      kind: 'elect-master',
      brokerName: 'b',
      clusterName: 'c',
      brokerId: -1,
      isDesignated: false,
      incarnation: null,
      liveness: { ...nobodyAlive, alive: [aliveOf(winner)], masterDownEpoch: brokerSet.masterEpoch },
      invokeTime: 0,
    } as const;
    const world = this.#decided(command);
    if (world === undefined || world.controller === this.world.controller) return undefined;
    return { world: { ...world, used: this.#use({ elections: 1 }).used }, violation: undefined };
  }

  mark(replica: Replica, brokerId: number): Outcome | undefined {
    let isNew = false;
    const change = this.#advance(replica, (work) => {
      isNew = mark(work, brokerId);
    });
    return isNew ? this.#changed(change, this.world) : undefined;
  }

  unmark(replica: Replica, brokerId: number): Outcome | undefined {
    let isGone = false;
    const change = this.#advance(replica, (work) => {
      isGone = unmark(work, brokerId);
    });
    return isGone ? this.#changed(change, this.world) : undefined;
  }

  propose(replica: Replica, brokerId: number, isWith: boolean): Outcome | undefined {
    if (!isMaster(replica)) return undefined;
    let errand: Errand | undefined;
    const change = this.#advance(replica, (work) => {
      errand = propose(work, replica, brokerId, isWith);
    });
    if (errand === undefined) return undefined;
    const world = this.#use({ proposals: 1 });
    return this.#changed(change, { ...world, errands: [...world.errands, errand] });
  }

  forget(replica: Replica): Outcome | undefined {
    let didWait = false;
    const change = this.#advance(replica, (work) => {
      didWait = forget(work);
    });
    return didWait ? this.#changed(change, this.world) : undefined;
  }

  decide(errand: Extract<Errand, { kind: 'proposal' }>): Outcome | undefined {
    const { from, masterEpoch, syncStateSet, syncStateSetEpoch, incarnations, token } = errand;
    const command = {
      kind: 'alter-sync-state-set',
      brokerName: 'b',
      masterBrokerId: from,
      masterEpoch,
      syncStateSet,
      syncStateSetEpoch,
      incarnations,
      liveness: { ...nobodyAlive, alive: this.world.replicas.map((one) => aliveOf(one)) },
      invokeTime: 0,
    } as const;
    const world = this.#decided(command);
    const after = world?.controller.brokerSet;
    const incarnation = incarnations.find(([id]) => id === from)?.[1] ?? '';
    const adopted =
      after === undefined
        ? undefined
        : { syncStateSet: viewOf(after).syncStateSet, syncStateSetEpoch: after.syncStateSetEpoch };
    const answer: Errand = { kind: 'answer', to: from, incarnation, masterEpoch, token, adopted };
    const errands = this.world.errands.filter((one) => one !== errand);
    return { world: { ...(world ?? this.world), errands: [...errands, answer] }, violation: undefined };
  }

  answered(errand: Extract<Errand, { kind: 'answer' }>): Outcome | undefined {
    const errands = this.world.errands.filter((one) => one !== errand);
    const replica = this.world.replicas[errand.to - 1];
    if (replica === undefined || !isMaster(replica) || replica.role.masterEpoch !== errand.masterEpoch)
      return undefined;
    const change = this.#advance(replica, (work) => hearAnswer(work, errand));
    return this.#changed(change, { ...this.world, errands });
  }

  /** Undefined: refused. */
  #decided(command: ControllerCommand): World | undefined {
    const { controller } = this.world;
    const after = this.#heard.decisions.after(controller.brokerSet, command);
    if (after === undefined) return undefined;
    if (after === controller.brokerSet) return this.world;
    const view = viewOf(after);
    const isNews = JSON.stringify(view) !== JSON.stringify(viewOf(controller.brokerSet));
    const views = isNews ? [...controller.views, view] : controller.views;
    return { ...this.world, controller: { brokerSet: after, views } };
  }

  #advance(replica: Replica, act: (work: MasterWork) => void): RoleChange {
    return advance(replica, this.#rules.seededBugs, this.#rules.minInSyncReplicas, act);
  }

  #slaveStep({ replica, link, violation }: SlaveStep): Outcome {
    return this.#changed({ replica, acknowledged: [], violation }, this.#withLink(replica.brokerId, link));
  }

  /** The replica has changed; what it acknowledged and confirmed is said now. */
  #changed({ replica, acknowledged, violation }: RoleChange, world: World): Outcome {
    const before = this.world.replicas[replica.brokerId - 1];
    const replicas = replaced(world.replicas, replica.brokerId - 1, replica);
    const { said, violation: broken } = saidAfter(world.said, before, { replica, acknowledged, violation });
    return { world: { ...world, said, replicas }, violation: broken };
  }

  /** As slave it leaves its link; as master it is silent, what it sent before may still arrive. */
  #withoutRole(replica: Replica): World {
    const link = this.world.links[replica.brokerId - 1];
    if (link === undefined) return this.world;
    return this.#withLink(replica.brokerId, { ...link, frames: [], offered: undefined, isLeft: true });
  }

  #withLink(brokerId: number, link: Link | undefined): World {
    return { ...this.world, links: replaced(this.world.links, brokerId - 1, link) };
  }

  #masterOf({ masterBrokerId, masterEpoch }: Link): Replica | undefined {
    const master = this.world.replicas[masterBrokerId - 1];
    return master?.role.kind === 'master' && master.role.masterEpoch === masterEpoch ? master : undefined;
  }

  #use(more: Partial<Used>): World {
    const { messages, faults, elections, proposals } = this.world.used;
    return {
      ...this.world,
      used: {
        messages: messages + (more.messages ?? 0),
        faults: faults + (more.faults ?? 0),
        elections: elections + (more.elections ?? 0),
        proposals: proposals + (more.proposals ?? 0),
      },
    };
  }
}

const nobodyAlive: Liveness = { alive: [], masterDownEpoch: null, isUncleanElectionEnabled: false };

function aliveOf(replica: Replica, electionPriority = 1) {
  return {
    brokerId: replica.brokerId,
    incarnation: incarnationOf(replica),
    epoch: replica.epochs.at(-1)?.epoch ?? 0,
    maxOffset: replica.log.length,
    electionPriority,
    isSuspect: false,
  };
}
