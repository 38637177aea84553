/** Carries a fault script through, one step after another, and tells each fault as it happens. */
import type { FaultEvent, FaultLink, FaultProof } from '../../checkers/history/fault.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { BreakableCluster, ClusterView, Cut } from '../nemesis.ts';
import { wait, waitUnlessStopped } from '../wait.ts';
import { HostWordError, hostsOf } from './host-words.ts';
import type { Action, Condition, Script, Step, ViewCondition } from './script.ts';

export interface ScriptRun {
  readonly cluster: BreakableCluster;
  readonly clock: Clock;
  /** Called at the moment the event happens; the caller adds the time. */
  tell(event: Omit<FaultEvent, 'time'>): void;
  /** Waits end at once when it is aborted; the caller then plays no more steps. */
  readonly stop?: AbortSignal;
}

const askAgainMs = 20;
const nemesis = 'script';

type NodeAction = Extract<Action, { verb: 'kill' | 'start' | 'pause' | 'resume' | 'power-cut' | 'damage' }>;

interface OpenFault {
  readonly id: string;
  readonly variant: string;
  readonly targets: readonly string[];
  readonly links: readonly FaultLink[];
  /** Undoes it, without telling. */
  readonly undo: () => Promise<void>;
}

/**
 * Resolves when the last step is done and everything is healed: with undefined, or with the line that did not go as the script wanted (the
 * steps after it are left out, all is healed all the same).
 */
export async function runScript(script: Script, run: ScriptRun): Promise<string | undefined> {
  const player = new ScriptPlayer(run);
  const startMs = run.clock.monotonicMs();
  let failure: string | undefined;
  for (const step of script.steps) {
    if (step.atMs !== undefined) await wait(startMs + step.atMs - run.clock.monotonicMs(), run.clock);
    failure = await player.play(step);
    if (failure !== undefined) break;
  }
  await player.healAll();
  return failure;
}

export class ScriptPlayer {
  readonly #run: ScriptRun;
  readonly #names = new Map<string, string>();
  readonly #open: OpenFault[] = [];
  #markedEpoch: number | undefined;
  #faults = 0;

  constructor(run: ScriptRun) {
    this.#run = run;
  }

  /** Undefined, or the step with what was not as it wants it. */
  async play(step: Step): Promise<string | undefined> {
    const failure = await this.#play(step).catch((error: unknown) => {
      if (error instanceof HostWordError) return error.message;
      throw error;
    });
    return failure === undefined ? undefined : `line ${step.line}, "${step.text}": ${failure}`;
  }

  async #play({ action, text }: Step): Promise<string | undefined> {
    const { cluster } = this.#run;
    switch (action.verb) {
      case 'let': {
        const [host] = await this.#hosts([action.host]);
        if (host !== undefined) this.#names.set(action.name, host);
        return undefined;
      }
      case 'mark':
        this.#markedEpoch = (await cluster.view()).masterEpoch;
        return undefined;
      case 'heal':
        return this.#healCuts(action.cut);
      case 'wait':
        await waitUnlessStopped(action.ms, this.#run.clock, this.#run.stop);
        return undefined;
      case 'expect':
        return this.#missing(action.condition);
      case 'await':
        return this.#await(action.condition, action.limitMs);
      case 'cut':
        await this.#cut(action, text);
        return undefined;
      default:
        // All at once: that is what hurts.
        await Promise.all((await this.#hosts(action.hosts)).map((node) => this.#node(action, node, text)));
        return undefined;
    }
  }

  async #healCuts(text: string | undefined): Promise<string | undefined> {
    const cuts = this.#open.filter(
      ({ links, variant }) => links.length > 0 && (text === undefined || variant === text),
    );
    if (cuts.length === 0) return 'there is no such cut to heal';
    for (const cut of cuts) await this.#heal(cut);
    return undefined;
  }

  /** What was cut first is healed last. */
  async healAll(): Promise<void> {
    for (const fault of [...this.#open].reverse()) await this.#heal(fault);
  }

  async #cut(action: Extract<Action, { verb: 'cut' }>, text: string): Promise<void> {
    const view = await this.#run.cluster.view();
    const from = hostsOf(action.from, view, this.#names);
    const to = hostsOf(action.to, view, this.#names, from).filter((host) => !from.includes(host));
    const servers = new Set(view.hosts.filter(({ kind }) => kind !== 'client').map(({ name }) => name));
    const links = from.flatMap((one) =>
      // Nobody dials a client host: two of them share no link.
      to
        .filter((other) => servers.has(one) || servers.has(other))
        .flatMap((other): FaultLink[] =>
          action.bothWays
            ? [
                [one, other],
                [other, one],
              ]
            : [[one, other]],
        ),
    );
    const open = { id: this.#nextId(), variant: text, targets: from, links };
    this.#tell(open, 'inject');
    const cut: Cut = await this.#run.cluster.cut(links, action.flavour);
    this.#open.push({ ...open, undo: () => cut.heal() });
    this.#tell(open, 'bit', { cutLinks: links.map((link) => link.join('>')) });
  }

  async #node(action: NodeAction, node: string, text: string): Promise<void> {
    const { cluster } = this.#run;
    const { verb } = action;
    const undone = (wanted: string) =>
      this.#open.find(({ targets, variant }) => targets[0] === node && variant.startsWith(wanted));
    if (verb === 'start' || verb === 'resume') {
      const fault = verb === 'start' ? (undone('kill') ?? undone('power-cut')) : undone('pause');
      if (fault === undefined) await cluster[verb](node);
      else await this.#heal(fault);
      return;
    }
    const open = { id: this.#nextId(), variant: text, targets: [node], links: [] };
    this.#tell(open, 'inject');
    if (verb === 'damage') {
      const scar = await cluster.damageDisk(node, action.damage);
      this.#tell(open, 'bit', { scar });
      // What is damaged stays so: there is nothing to undo.
      this.#tell(open, 'heal');
      this.#tell(open, 'healed', {});
      return;
    }
    let loss: string | undefined;
    if (verb === 'power-cut') loss = await cluster.cutPower(node, action.unsynced);
    else await cluster[verb](node);
    this.#open.push({ ...open, undo: () => (verb === 'pause' ? cluster.resume(node) : cluster.start(node)) });
    this.#tell(open, 'bit', { state: cluster.state(node), ...(loss === undefined ? {} : { loss }) });
  }

  async #heal(fault: OpenFault): Promise<void> {
    this.#open.splice(this.#open.indexOf(fault), 1);
    this.#tell(fault, 'heal');
    await fault.undo();
    this.#tell(fault, 'healed', {});
  }

  async #await(condition: Condition, limitMs: number): Promise<string | undefined> {
    const { clock } = this.#run;
    const until = clock.monotonicMs() + limitMs;
    for (;;) {
      if (this.#run.stop?.aborted === true) return undefined;
      const missing = await this.#missing(condition);
      if (missing === undefined) return undefined;
      if (clock.monotonicMs() >= until) return `not within ${limitMs / 1000} s: ${missing}`;
      await wait(askAgainMs, clock);
    }
  }

  async #missing(condition: Condition): Promise<string | undefined> {
    const { cluster } = this.#run;
    const view = await cluster.view();
    if (condition.kind === 'up') {
      const hosts = hostsOf(condition.hosts, view, this.#names);
      const probes = await Promise.all(hosts.map((host) => cluster.probeNode(host)));
      const silent = probes.filter(({ answered }) => !answered).map(({ node }) => node);
      return silent.length === 0 ? undefined : `no answer from ${silent.join(', ')}`;
    }
    const seen = `master ${view.master ?? 'none'} of epoch ${view.masterEpoch ?? '?'}, SyncStateSet ${view.syncStateSet.join(',') || 'empty'}, controller leader ${view.controllerLeader ?? 'none'}`;
    return this.#holds(condition, view) ? undefined : seen;
  }

  #holds(condition: ViewCondition, view: ClusterView): boolean {
    const hosts = (words: readonly string[]) => hostsOf(words, view, this.#names);
    switch (condition.kind) {
      case 'in-sync':
        return hosts(condition.hosts.length === 0 ? ['brokers'] : condition.hosts).every((host) =>
          view.syncStateSet.includes(host),
        );
      case 'left':
        // While nobody leads the controllers nobody is known to have left.
        return (
          view.controllerLeader !== undefined &&
          hosts(condition.hosts).every((host) => !view.syncStateSet.includes(host))
        );
      case 'no-master':
        return view.controllerLeader !== undefined && view.master === undefined;
      case 'master':
        return view.master !== undefined && hosts([condition.host]).includes(view.master) !== condition.isNot;
      case 'leader':
        return (
          view.controllerLeader !== undefined &&
          hosts([condition.host]).includes(view.controllerLeader) !== condition.isNot
        );
      case 'epoch':
        return (
          view.masterEpoch !== undefined &&
          view.masterEpoch > (this.#markedEpoch ?? Infinity) === condition.grew
        );
    }
  }

  async #hosts(words: readonly string[]): Promise<readonly string[]> {
    return hostsOf(words, await this.#run.cluster.view(), this.#names);
  }

  #nextId(): string {
    this.#faults += 1;
    return `${nemesis}-${this.#faults}`;
  }

  #tell(fault: Omit<OpenFault, 'undo'>, phase: FaultEvent['phase'], proof?: FaultProof): void {
    const { id, variant, targets, links } = fault;
    this.#run.tell({
      fault: id,
      phase,
      nemesis,
      variant,
      targets,
      ...(links.length > 0 ? { links } : {}),
      ...(proof === undefined ? {} : { proof }),
    });
  }
}
