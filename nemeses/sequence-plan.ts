/**
 * Several deeds in quick succession, as they make most of the failures that were ever reported: a move whose steps belong together, at times
 * drawn around the time-outs, and then a few steps at random. Pure.
 */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { Random } from '../cluster/runtime/random.ts';
import { type ClusterView, type CutFlavour, cutFlavours, type FaultStep, type NodeVerb } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { pick, shuffle } from './shuffle.ts';

/**
 * - `bounce`: a server goes down and comes up again and again, at once or a little later.
 * - `tail`: a master writes what nobody else gets, and then it dies or stands still.
 * - `fallout`: a replica falls behind and comes back, while the controllers' answers to the master are late.
 * - `lonely`: all replicas but the master are away, and it loses its role.
 * - `deserted`: all replicas but the master go at once and come back, and it lives on, with nothing else beside it.
 * - `blind`: no broker hears of the controllers.
 * - `quiet`: no client reaches the brokers while masters change.
 * - `one-lags`: one replica gets less than the others when the master dies.
 * - `half-open`: a replica stands still, and the connections of another one break, or stay open on one side only.
 * - `beheaded`: the master and the leading controller go, at once or one after the other.
 * - `one-nameserver`: a master that is deposed reaches one nameserver.
 * - `good-bye`: a master stands still until it is one no more, wakes up, and stops as one should.
 * - `mixed`: steps at random, no more.
 */
export const sequenceMoves = [
  'bounce',
  'tail',
  'fallout',
  'lonely',
  'deserted',
  'blind',
  'quiet',
  'one-lags',
  'half-open',
  'beheaded',
  'one-nameserver',
  'good-bye',
  'mixed',
] as const;
export type SequenceMove = (typeof sequenceMoves)[number];

/** Around what times things happen: a request, a heartbeat, a time-out. */
const gaps = { short: [20, 250], middle: [250, 1200], long: [1800, 3800] } as const;
type Gap = keyof typeof gaps;

const randomStepsMax = 5;

/** A text is the reason why there is nobody to hit. */
export function planSequence(
  move: SequenceMove,
  random: Random,
  view: ClusterView,
): readonly FaultStep[] | string {
  const running = (kind: 'broker' | 'controller') =>
    namesOf(view, kind).filter((name) => view.states.get(name) === 'running');
  const brokers = running('broker');
  if (brokers.length === 0) return 'no broker runs';
  if (move === 'deserted' && brokers.length === 1) return 'no slave runs';
  return new SequenceDraft(random, view, brokers, running('controller')).drawn(move);
}

class SequenceDraft {
  readonly #random: Random;
  readonly #brokers: readonly string[];
  readonly #controllers: readonly string[];
  readonly #clients: readonly string[];
  readonly #master: string;
  /** Brokers that are not the master, mixed. */
  readonly #slaves: readonly string[];
  readonly #leader: string | undefined;
  readonly #states = new Map<string, 'up' | 'down' | 'still'>();
  readonly #openCuts: number[] = [];
  readonly #steps: FaultStep[] = [];
  #cuts = 0;
  #afterMs = 0;

  constructor(random: Random, view: ClusterView, brokers: readonly string[], controllers: readonly string[]) {
    this.#random = random;
    this.#brokers = brokers;
    this.#controllers = controllers;
    this.#clients = namesOf(view, 'client');
    const mixed = shuffle(brokers, random);
    this.#master = mixed.find((name) => name === view.master) ?? mixed[0] ?? '';
    this.#slaves = mixed.filter((name) => name !== this.#master);
    this.#leader = controllers.find((name) => name === view.controllerLeader) ?? controllers[0];
  }

  drawn(move: SequenceMove): readonly FaultStep[] {
    this.#begin(move);
    // A new master would make good what this one did when it was deserted.
    if (move === 'deserted') return this.#steps;
    const extra = this.#random.below(randomStepsMax + 1) + (move === 'mixed' ? 3 : 0);
    for (let count = 0; count < extra; count += 1) {
      this.#wait(this.#oneOf(['short', 'short', 'middle', 'long']));
      this.#randomStep();
    }
    return this.#steps;
  }

  #begin(move: SequenceMove): void {
    const master = this.#master;
    const [one = master, other = one] = this.#slaves;
    switch (move) {
      case 'bounce': {
        const node = this.#luck(70) ? master : one;
        for (let times = 1 + this.#random.below(3); times > 0; times -= 1) {
          this.#node(this.#luck(75) ? 'kill' : 'stop', node);
          this.#wait(this.#oneOf(['short', 'middle', 'long']));
          this.#node('start', node);
          this.#wait(this.#oneOf(['short', 'short', 'middle']));
        }
        return;
      }
      case 'tail': {
        const cut = this.#cut([master], this.#slaves, 'out');
        this.#wait(this.#oneOf(['short', 'middle']));
        // Then nothing is written over what the next master makes it cut off.
        const silence = this.#luck(80) ? this.#cut(this.#clients, this.#brokers, 'both') : undefined;
        const isPaused = this.#luck(30);
        this.#node(isPaused ? 'pause' : 'kill', master);
        // One that stands still is missed later than one whose connections end.
        this.#wait(isPaused ? 'long' : this.#oneOf(['middle', 'long']));
        if (this.#luck(90)) this.#heal(cut);
        this.#wait(this.#oneOf(['short', 'middle']));
        this.#raise(master);
        this.#wait(this.#oneOf(['short', 'middle', 'middle', 'long']));
        if (this.#luck(90)) this.#node('kill', master);
        // What was cut off is not overwritten yet; while it is down the others write more than that.
        const isLate = this.#luck(80);
        if (silence !== undefined && isLate) this.#heal(silence);
        this.#wait(isLate ? this.#oneOf(['middle', 'long']) : 'short');
        this.#raise(master);
        if (silence !== undefined) this.#heal(silence);
        return;
      }
      case 'fallout': {
        const gone = this.#luck(50) ? [one] : this.#slaves;
        const away = this.#cut([master], gone, this.#luck(50) ? 'both' : 'in');
        this.#wait('long');
        const late = this.#cut([master], this.#controllers, this.#luck(70) ? 'in' : 'both', 'hold');
        this.#wait('short');
        this.#heal(away);
        this.#wait(this.#oneOf(['middle', 'long']));
        if (this.#luck(60)) this.#cut([master], gone, 'out');
        this.#wait(this.#oneOf(['short', 'middle']));
        if (this.#luck(70)) this.#node(this.#luck(70) ? 'kill' : 'pause', master);
        this.#wait(this.#oneOf(['short', 'long']));
        this.#heal(late);
        return;
      }
      case 'lonely': {
        const isCut = this.#luck(50);
        const away = isCut ? this.#cut([master], this.#slaves, this.#luck(50) ? 'in' : 'both') : undefined;
        if (!isCut) for (const slave of this.#slaves) this.#node(this.#luck(60) ? 'kill' : 'pause', slave);
        // Until they are members no more: only then nobody else can have the role.
        this.#wait(this.#luck(85) ? 'long' : 'short');
        const blind = this.#luck(40) ? this.#cut([master], this.#controllers, 'both') : undefined;
        // One that was killed gets a new epoch for certain, and follows itself.
        if (blind === undefined) this.#node(this.#luck(70) ? 'kill' : 'pause', master);
        this.#wait(this.#oneOf(['middle', 'long', 'long']));
        if (blind === undefined) this.#raise(master);
        else this.#heal(blind);
        this.#wait(this.#oneOf(['short', 'middle', 'long']));
        if (away !== undefined) this.#heal(away);
        for (const slave of this.#slaves) this.#raise(slave);
        this.#wait(this.#oneOf(['middle', 'long', 'long']));
        // They connect once more, or it comes back to one of them.
        if (this.#luck(30)) {
          const broken = this.#cut([master], this.#slaves, 'both', 'reset');
          this.#wait('short');
          this.#heal(broken);
        } else {
          this.#node('kill', master);
          this.#wait(this.#oneOf(['short', 'middle', 'long']));
          this.#node('start', master);
        }
        return;
      }
      case 'deserted': {
        const verb = this.#oneOf(['kill', 'pause', 'cut'] as const);
        const away = verb === 'cut' ? this.#cut([master], this.#slaves, 'both') : undefined;
        if (verb !== 'cut') for (const slave of this.#slaves) this.#node(verb, slave);
        // Until they are members no more.
        this.#wait('long');
        if (away !== undefined) this.#heal(away);
        for (const slave of this.#slaves) this.#raise(slave);
        this.#wait('middle');
        return;
      }
      case 'blind': {
        const cut = this.#cut(this.#brokers, this.#controllers, 'both');
        this.#wait('long');
        this.#heal(cut);
        this.#wait('middle');
        return;
      }
      case 'quiet': {
        const silence = this.#cut(this.#clients, this.#brokers, 'both');
        this.#wait('short');
        this.#node(this.#luck(70) ? 'kill' : 'pause', master);
        this.#wait('long');
        const isEarly = this.#luck(15);
        if (isEarly) {
          this.#heal(silence);
          this.#wait(this.#oneOf(['short', 'middle']));
        }
        // Whoever has followed it by now.
        const next = this.#luck(50) ? one : other;
        this.#cut(
          [next],
          [...without(this.#brokers, [next]), ...this.#controllers],
          this.#luck(50) ? 'both' : 'out',
        );
        // What is written first in its epoch nobody else gets.
        if (!isEarly && this.#luck(80)) this.#heal(silence);
        this.#raise(master);
        this.#wait('long');
        return;
      }
      case 'one-lags': {
        this.#cut([master], [one], this.#luck(50) ? 'out' : 'both');
        this.#wait('middle');
        this.#node(this.#luck(60) ? 'kill' : 'pause', master);
        this.#wait(this.#oneOf(['middle', 'long']));
        return;
      }
      case 'half-open': {
        // One that stands still, and one whose connections come and go meanwhile.
        if (this.#luck(80)) this.#node('pause', other);
        this.#wait(this.#oneOf(['short', 'middle']));
        const isReset = this.#luck(60);
        const half = this.#cut([one], [master], this.#luck(50) ? 'in' : 'out', isReset ? 'reset' : 'hold');
        this.#wait(isReset ? 'short' : 'long');
        this.#heal(half);
        this.#wait('middle');
        return;
      }
      case 'beheaded': {
        const verb = this.#oneOf(['kill', 'kill', 'pause'] as const);
        for (const node of shuffle([master, this.#leader ?? one], this.#random)) {
          this.#node(verb, node);
          this.#wait(this.#oneOf(['short', 'middle']));
        }
        if (this.#luck(50)) for (const slave of this.#slaves) this.#node('pause', slave);
        this.#wait('long');
        for (const slave of this.#slaves) this.#raise(slave);
        return;
      }
      case 'one-nameserver': {
        const [first = '', ...rest] = shuffle(this.#controllers, this.#random);
        const isDeaf = this.#luck(50);
        this.#cut([master], [...(rest.length > 0 ? rest : [first]), ...this.#slaves], 'both');
        if (isDeaf) this.#cut([master], [first], 'in', 'hold');
        this.#wait('long');
        if (this.#luck(50)) this.#node(this.#luck(50) ? 'stop' : 'pause', master);
        this.#wait('short');
        return;
      }
      case 'good-bye': {
        if (this.#luck(30)) this.#cut([master], this.#controllers, 'both', 'hold');
        this.#node('pause', master);
        this.#wait('long');
        // A server that stands still hears of its stop when it wakes up.
        this.#node('stop', master);
        this.#wait(this.#oneOf(['short', 'long']));
        this.#node('start', master);
        return;
      }
      case 'mixed':
        this.#randomStep();
        return;
      default:
        move satisfies never;
    }
  }

  #randomStep(): void {
    const [open] = this.#openCuts;
    if (open !== undefined && this.#luck(30)) {
      this.#heal(open);
      return;
    }
    const servers = [this.#master, this.#master, ...this.#brokers, ...this.#controllers];
    const node = pick(servers, this.#random) ?? this.#master;
    if ((this.#states.get(node) ?? 'up') !== 'up') {
      if (this.#luck(85)) this.#raise(node);
      else this.#node('kill', node);
      return;
    }
    const verb = this.#oneOf([
      'kill',
      'kill',
      'kill',
      'stop',
      'pause',
      'pause',
      'cut',
      'cut',
      'cut',
    ] as const);
    if (verb !== 'cut') {
      this.#node(verb, node);
      return;
    }
    const others = without(this.#brokers, [node]);
    const sides = [
      others,
      shuffle(others, this.#random).slice(0, 1),
      without(this.#controllers, [node]),
      without(this.#controllers, [node]).slice(1),
      [...others, ...without(this.#controllers, [node])],
      this.#clients,
    ].filter((side) => side.length > 0);
    this.#cut(
      [node],
      pick(sides, this.#random) ?? others,
      this.#oneOf(['both', 'both', 'in', 'out'] as const),
    );
  }

  #node(verb: NodeVerb, node: string): void {
    const state = this.#states.get(node) ?? 'up';
    const isPossible =
      verb === 'start' ? state === 'down' : verb === 'resume' ? state === 'still' : state !== 'down';
    if (!isPossible || (verb === 'pause' && state === 'still')) return;
    this.#states.set(node, verb === 'pause' ? 'still' : verb === 'kill' || verb === 'stop' ? 'down' : 'up');
    this.#step({ verb, node });
  }

  #raise(node: string): void {
    this.#node(this.#states.get(node) === 'still' ? 'resume' : 'start', node);
  }

  /** `in`: the bytes towards the first side. Without a side there is nothing to cut. */
  #cut(
    side: readonly string[],
    otherSide: readonly string[],
    way: 'both' | 'in' | 'out',
    wanted?: CutFlavour,
  ): number {
    const flavour = wanted ?? this.#oneOf(cutFlavours);
    // A reset has no direction.
    const both = way === 'both' || flavour === 'reset';
    // Where few are left one host may be in both parts.
    const others = otherSide.filter((host) => !side.includes(host));
    const links = side.flatMap((a) =>
      others.flatMap((b): FaultLink[] => [
        ...(both || way === 'out' ? [[a, b] as const] : []),
        ...(both || way === 'in' ? [[b, a] as const] : []),
      ]),
    );
    this.#cuts += 1;
    if (links.length === 0) return this.#cuts;
    this.#openCuts.push(this.#cuts);
    this.#step({ verb: 'cut', cut: this.#cuts, links, flavour });
    return this.#cuts;
  }

  #heal(cut: number): void {
    const at = this.#openCuts.indexOf(cut);
    if (at < 0) return;
    this.#openCuts.splice(at, 1);
    this.#step({ verb: 'heal', cut });
  }

  #wait(gap: Gap): void {
    const [least, greatest] = gaps[gap];
    // As many tenths of the time as of the factor: short ones are as likely as long ones.
    const factor = (greatest / least) ** (this.#random.below(1001) / 1000);
    this.#afterMs += Math.round(least * factor);
  }

  #step(step: DistributiveOmit<FaultStep, 'afterMs'>): void {
    this.#steps.push({ ...step, afterMs: this.#afterMs });
    this.#afterMs = 0;
  }

  #luck(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #oneOf<T>(choices: readonly T[]): T {
    const chosen = choices[this.#random.below(choices.length)];
    if (chosen === undefined) throw new RangeError('there is nothing to choose from');
    return chosen;
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function without(names: readonly string[], removed: readonly string[]): readonly string[] {
  return names.filter((name) => !removed.includes(name));
}
