/** Test doubles: a cluster that remembers what was done to it, a clock that jumps to whatever is awaited, a view as one likes it. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { Clock } from '../cluster/runtime/clock.ts';
import { ActiveShapings } from './active-shapings.ts';
import {
  type Ability,
  type BreakableCluster,
  type ClockProbe,
  type ClockSetting,
  type ClusterView,
  type Cut,
  type CutFlavour,
  type DelayProbe,
  type DiskDamage,
  type DiskProbe,
  type DiskTrouble,
  delayProbeBytes,
  type Host,
  type LinkProbe,
  type LinkShape,
  type NodeProbe,
  type NodeState,
  type Shaping,
  type UnsyncedWrites,
} from './nemesis.ts';
import { TestOperator } from './test-operator.ts';

export const testHosts: readonly Host[] = [
  { name: 'n1', kind: 'broker' },
  { name: 'n2', kind: 'broker' },
  { name: 'n3', kind: 'broker' },
  { name: 'c1', kind: 'controller' },
  { name: 'c2', kind: 'controller' },
  { name: 'c3', kind: 'controller' },
  { name: 'w1', kind: 'client', habit: 'follows-route' },
  { name: 'w2', kind: 'client', habit: 'keeps-node' },
  { name: 'w3', kind: 'client', habit: 'follows-route' },
  { name: 'w4', kind: 'client', habit: 'keeps-node' },
];

/** No part of the cluster until they are added. */
export const spareHosts: readonly Host[] = [
  { name: 'n4', kind: 'broker', isSpare: true },
  { name: 'c4', kind: 'controller', isSpare: true },
];

export function testView(change: Partial<ClusterView> = {}): ClusterView {
  const hosts = change.hosts ?? testHosts;
  const servers = hosts.filter(({ kind }) => kind !== 'client');
  return {
    hosts,
    spares: spareHosts,
    states: new Map(servers.map(({ name }) => [name, 'running' as NodeState])),
    master: 'n2',
    masterEpoch: 3,
    syncStateSet: ['n1', 'n2', 'n3'],
    controllerLeader: 'c3',
    ...change,
  };
}

/** Nothing really waits: a timer is due as soon as the promises before it have settled, and moves the time. */
export class JumpingClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly dueMs: number; readonly fire: () => void }>();

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void) {
    const timer = { dueMs: this.#nowMs + delayMs, fire };
    this.#timers.add(timer);
    setImmediate(() => this.#jump());
    return { cancel: () => void this.#timers.delete(timer) };
  }

  soon(fire: () => void): void {
    setImmediate(fire);
  }

  #jump(): void {
    const [next] = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs);
    if (next === undefined) return;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.fire();
    if (this.#timers.size > 0) setImmediate(() => this.#jump());
  }
}

export class TestCluster implements BreakableCluster {
  readonly hosts = [...testHosts, ...spareHosts];
  /** 'kill n1', 'cut 6 drop', ... in order. */
  readonly done: string[] = [];
  readonly states = new Map<string, NodeState>(
    testHosts.filter(({ kind }) => kind !== 'client').map(({ name }) => [name, 'running']),
  );
  /** What the view says beside the states. */
  roles: Partial<ClusterView> = {};
  /** Links that let bytes pass though they are cut, and those that let none pass though they are not. */
  readonly leaking = new Set<string>();
  readonly dead = new Set<string>();
  readonly abilities: ReadonlySet<Ability> = new Set<Ability>([
    'clock',
    'timers',
    'disk',
    'shape',
    'lossy',
    'wipe',
  ]);
  readonly operator = new TestOperator(this.states, this.done);
  /** Nodes whose clocks and disks nothing changes. */
  readonly stubborn = new Set<string>();
  readonly #clock: Clock;
  readonly #cuts = new Set<readonly FaultLink[]>();
  readonly #clocks = new Map<string, Required<ClockSetting> & { readonly sinceMs: number }>();
  readonly #troubles = new Map<string, DiskTrouble>();
  #connections = 0;
  readonly #shapings = new ActiveShapings<LinkShape>();

  constructor(clock: Clock = new JumpingClock()) {
    this.#clock = clock;
  }

  view(): Promise<ClusterView> {
    // Two controllers of three: one alone leads nobody.
    const up = testHosts.filter(({ name, kind }) => kind === 'controller' && this.state(name) === 'running');
    const leaderless = up.length < 2 ? { controllerLeader: undefined } : {};
    const isAway = ({ name }: Host) => !this.states.has(name);
    return Promise.resolve(
      testView({
        hosts: this.hosts.filter((host) => host.isSpare !== true || !isAway(host)),
        spares: spareHosts.filter(isAway),
        states: new Map(this.states),
        ...leaderless,
        ...this.roles,
      }),
    );
  }

  state(node: string): NodeState {
    return this.states.get(node) ?? 'absent';
  }

  start(node: string): Promise<void> {
    this.operator.started(node);
    return this.#do('start', node, 'running');
  }

  kill(node: string): Promise<void> {
    return this.#do('kill', node, 'absent');
  }

  stop(node: string): Promise<void> {
    return this.#do('stop', node, 'absent');
  }

  pause(node: string): Promise<void> {
    return this.#do('pause', node, 'paused');
  }

  resume(node: string): Promise<void> {
    if (this.state(node) !== 'paused') return Promise.resolve();
    return this.#do('resume', node, 'running');
  }

  cut(links: readonly FaultLink[], flavour: CutFlavour): Promise<Cut> {
    this.done.push(`cut ${links.length} ${flavour}`);
    this.#cuts.add(links);
    return Promise.resolve({
      links,
      heal: () => {
        this.done.push(`heal ${links.length}`);
        this.#cuts.delete(links);
        return Promise.resolve();
      },
    });
  }

  cutLinks(): readonly FaultLink[] {
    return [...this.#cuts].flat();
  }

  probeLinks(links: readonly FaultLink[]): Promise<readonly LinkProbe[]> {
    const cut = new Set(this.cutLinks().map((link) => link.join('>')));
    return Promise.resolve(
      links.map(([from, to]) => {
        const key = `${from}>${to}`;
        const passes = this.leaking.has(key) || (!cut.has(key) && !this.dead.has(key));
        const answers = passes && !cut.has(`${to}>${from}`);
        const serverAnswered = this.state(to) === 'running' ? answers : undefined;
        return { from, to, onConnectionsOfFrom: passes, onConnectionsOfTo: passes, serverAnswered };
      }),
    );
  }

  probeNode(node: string): Promise<NodeProbe> {
    const state = this.state(node);
    return Promise.resolve({ node, state, answered: state === 'running' });
  }

  async setClock(node: string, setting: ClockSetting): Promise<void> {
    this.done.push(`clock ${node} ${JSON.stringify(setting)}`);
    if (this.stubborn.has(node)) return;
    const { offsetMs = 0 } = await this.probeClock(node);
    const { driftPpm = 0, ratePpm = 0 } = this.#clocks.get(node) ?? {};
    this.#clocks.set(node, { offsetMs, driftPpm, ratePpm, ...setting, sinceMs: this.#clock.monotonicMs() });
  }

  probeClock(node: string): Promise<ClockProbe> {
    const trueMs = this.#clock.monotonicMs();
    if (this.states.get(node) !== 'running')
      return Promise.resolve({ node, offsetMs: undefined, monotonicMs: undefined, trueMs });
    const clock = this.#clocks.get(node);
    if (clock === undefined) return Promise.resolve({ node, offsetMs: 0, monotonicMs: trueMs, trueMs });
    const gainedMs = (ppm: number) => ((trueMs - clock.sinceMs) * ppm) / 1e6;
    return Promise.resolve({
      node,
      offsetMs: clock.offsetMs + gainedMs(clock.driftPpm + clock.ratePpm),
      monotonicMs: trueMs + gainedMs(clock.ratePpm),
      trueMs,
    });
  }

  breakDisk(node: string, trouble: DiskTrouble): Promise<void> {
    this.done.push(`break ${node} ${trouble.kind}`);
    if (!this.stubborn.has(node)) this.#troubles.set(node, trouble);
    return Promise.resolve();
  }

  mendDisk(node: string): Promise<void> {
    this.done.push(`mend ${node}`);
    this.#troubles.delete(node);
    return Promise.resolve();
  }

  probeDisk(node: string): Promise<DiskProbe> {
    const trouble = this.#troubles.get(node);
    return Promise.resolve({
      node,
      write: trouble?.kind === 'full' ? 'ENOSPC' : 'done',
      read: trouble?.kind === 'read-error' ? 'EIO' : 'done',
      ms: trouble?.kind === 'slow' ? trouble.factor : 1,
    });
  }

  async cutPower(node: string, unsynced: UnsyncedWrites): Promise<undefined> {
    await this.#do(`power ${unsynced}`, node, 'absent');
  }

  damageDisk(node: string, { kind }: DiskDamage): Promise<string> {
    this.done.push(`${kind} ${node}`);
    if (this.state(node) !== 'absent') return Promise.reject(new Error(`${node} runs`));
    return Promise.resolve(`/store/commitlog/0: ${kind}`);
  }

  wipe(node: string): Promise<string> {
    this.done.push(`wipe ${node}`);
    if (this.state(node) !== 'absent') return Promise.reject(new Error(`${node} runs`));
    return Promise.resolve(this.operator.wiped(node));
  }

  shapeLinks(links: readonly FaultLink[], shape: LinkShape): Promise<Shaping> {
    this.done.push(`shape ${links.length} ${Object.keys(shape).join('+')}`);
    const shaping = {
      links,
      effective: () => this.#shapings.effective(shaping),
      heal: () => {
        this.done.push(`unshape ${links.length}`);
        this.#shapings.end(shaping);
        return Promise.resolve();
      },
    };
    this.#shapings.add(shaping, links, shape);
    return Promise.resolve(shaping);
  }

  shapedLinks(): readonly FaultLink[] {
    return this.#shapings.links();
  }

  probeDelays(links: readonly FaultLink[], bytes: number = delayProbeBytes): Promise<readonly DelayProbe[]> {
    const cut = new Set(this.cutLinks().map((link) => link.join('>')));
    return Promise.resolve(
      links.map(([from, to]) => {
        if (cut.has(`${from}>${to}`)) return { from, to, ms: undefined };
        const shape = this.#shapings.shapeOf([from, to]);
        if (shape === undefined || this.stubborn.has(from)) return { from, to, ms: 1 };
        const {
          latencyMs = 0,
          bytesPerMs = Number.POSITIVE_INFINITY,
          limitBytes = Number.POSITIVE_INFINITY,
        } = shape;
        this.#connections += 1;
        const isReset = shape.resetPercent !== undefined && this.#connections % 2 === 0;
        if (bytes > limitBytes || isReset) return { from, to, ms: undefined, broke: true };
        const crumbsMs =
          shape.crumbBytes === undefined ? 0 : (bytes / shape.crumbBytes) * (shape.crumbGapMs ?? 0);
        return { from, to, ms: 1 + latencyMs + crumbsMs + bytes / bytesPerMs };
      }),
    );
  }

  #do(verb: string, node: string, state: NodeState): Promise<void> {
    this.done.push(`${verb} ${node}`);
    this.states.set(node, state);
    return Promise.resolve();
  }
}
