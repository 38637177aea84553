/** Kills, stops, starts, pauses and cuts in quick succession; what is still broken at its end stays so until the heal. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { Clock } from '../cluster/runtime/clock.ts';
import { probeWhole } from './life-proofs.ts';
import type {
  ActiveFault,
  BreakableCluster,
  Cut,
  FaultStep,
  Nemesis,
  NodeState,
  NodeVerb,
  ProbeResult,
} from './nemesis.ts';
import { planSequence, type SequenceMove, sequenceMoves } from './sequence-plan.ts';
import { wait } from './wait.ts';

const stopPatienceMs = 1500;

export const sequence: Nemesis = {
  name: 'sequence',
  colours: ['#a0e9d3', '#2f7d66'],
  purpose:
    'what takes several steps in a row: a crash in the middle of a recovery, a role lost twice, answers that come after their question',
  variants: sequenceMoves,
  plan(variant, random, view) {
    const steps = planSequence(parseVariant(variant), random, view);
    if (typeof steps === 'string') return { kind: 'no-target', variant, reason: steps };
    const nodes = [...new Set(steps.flatMap((step) => ('node' in step ? [step.node] : [])))].sort();
    const links = steps.flatMap((step) => (step.verb === 'cut' ? step.links : []));
    const targets = [...new Set([...nodes, ...links.flat()])].sort();
    return { kind: 'planned', variant, targets, links: unique(links), nodes, steps };
  },
  fallback: () => undefined,
  async inject(cluster, plan, clock): Promise<ActiveFault> {
    const player = new SequencePlayer(cluster, clock);
    try {
      for (const step of plan.steps ?? []) {
        await wait(step.afterMs, clock);
        await player.play(step);
      }
    } catch (error) {
      // Nobody heals what was not injected: what was done so far is undone here.
      await player.healAll();
      throw error;
    }
    return {
      probeBit: () => Promise.resolve(player.proof()),
      heal: () => player.healAll(),
      probeHealed: () =>
        probeWhole(cluster, { ...plan, nodes: plan.nodes.filter((node) => player.isOurs(node)) }),
    };
  },
};

function parseVariant(text: string): SequenceMove {
  const move = sequenceMoves.find((known) => known === text);
  if (move === undefined)
    throw new RangeError(`no sequence of "${text}"; known: ${sequenceMoves.join(', ')}`);
  return move;
}

/** The state that proves a deed. */
const after: Readonly<Record<NodeVerb, NodeState>> = {
  kill: 'absent',
  stop: 'absent',
  start: 'running',
  pause: 'paused',
  resume: 'running',
};

/** The states in which a deed can be done at all. */
const before: Readonly<Record<NodeVerb, readonly NodeState[]>> = {
  kill: ['running', 'paused'],
  stop: ['running', 'paused'],
  start: ['absent'],
  pause: ['running'],
  resume: ['paused'],
};

class SequencePlayer {
  readonly #cluster: BreakableCluster;
  readonly #clock: Clock;
  readonly #cuts = new Map<number, Cut>();
  /** In what state this sequence left those that it did not raise again: what another fault took down or stopped is not ours to raise. */
  readonly #left = new Map<string, NodeState>();
  readonly #raised = new Set<string>();
  readonly #done: string[] = [];
  readonly #overtaken: string[] = [];
  readonly #failed: string[] = [];

  constructor(cluster: BreakableCluster, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async play(step: FaultStep): Promise<void> {
    switch (step.verb) {
      case 'cut': {
        this.#cuts.set(step.cut, await this.#cluster.cut(step.links, step.flavour));
        const held = new Set(this.#cluster.cutLinks().map((link) => link.join('>')));
        const isCut = step.links.every((link) => held.has(link.join('>')));
        this.#note(`cut ${step.links.length} links ${step.flavour}`, isCut);
        return;
      }
      case 'heal':
        await this.#heal(step.cut);
        this.#note('heal', true);
        return;
      default:
        await this.#node(step.verb, step.node);
    }
  }

  /** A fault beside this one may have been first: then there was nothing to do. */
  async #node(verb: NodeVerb, node: string): Promise<void> {
    const state = this.#cluster.state(node);
    const isRaised = verb === 'start' || verb === 'resume';
    if (!before[verb].includes(state) || (isRaised && this.#left.get(node) !== state)) {
      this.#overtaken.push(`${verb} ${node}`);
      return;
    }
    this.#left.delete(node);
    if (!isRaised) this.#left.set(node, after[verb]);
    if (verb === 'stop') await this.#stop(node);
    else await this.#cluster[verb](node);
    this.#note(`${verb} ${node}`, this.#cluster.state(node) === after[verb]);
  }

  /** Its own patience ends with its own time: whoever kills or pauses it meanwhile would keep us waiting. */
  async #stop(node: string): Promise<void> {
    await Promise.race([this.#cluster.stop(node, stopPatienceMs), wait(2 * stopPatienceMs, this.#clock)]);
    if (this.#cluster.state(node) !== 'absent') await this.#cluster.kill(node);
  }

  #note(what: string, isDone: boolean): void {
    (isDone ? this.#done : this.#failed).push(what);
  }

  proof(): ProbeResult {
    return {
      proven: this.#failed.length === 0,
      proof: {
        steps: this.#done,
        ...(this.#overtaken.length === 0 ? {} : { overtaken: this.#overtaken }),
        ...(this.#failed.length === 0 ? {} : { withoutEffect: this.#failed }),
      },
    };
  }

  /** Whether this sequence answers for its being up: one that another fault took down meanwhile is for that one to raise. */
  isOurs(node: string): boolean {
    return this.#raised.has(node) || this.#cluster.state(node) !== 'absent';
  }

  async healAll(): Promise<void> {
    for (const cut of [...this.#cuts.keys()]) await this.#heal(cut);
    for (const [node, left] of this.#left) {
      const state = this.#cluster.state(node);
      if (state !== left) continue;
      this.#raised.add(node);
      if (state === 'paused') await this.#cluster.resume(node);
      else await this.#cluster.start(node);
    }
  }

  async #heal(cut: number): Promise<void> {
    await this.#cuts.get(cut)?.heal();
    this.#cuts.delete(cut);
  }
}

function unique(links: readonly FaultLink[]): readonly FaultLink[] {
  return [...new Map(links.map((link) => [link.join('>'), link])).values()];
}
