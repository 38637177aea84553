/** A fault script as a nemesis: it is scheduled, proven and healed as others are. */
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import { disk } from '../disk.ts';
import { probeWhole } from '../life-proofs.ts';
import type {
  Ability,
  ActiveFault,
  BreakableCluster,
  ClusterView,
  FaultPlan,
  Nemesis,
  NoTarget,
  ProbeResult,
  Settings,
} from '../nemesis.ts';
import { namesOf } from '../node-targets.ts';
import { HostWordError, hostsOf } from '../script/host-words.ts';
import { ScriptPlayer } from '../script/run-script.ts';
import { type Action, type Script, ScriptError, type Step } from '../script/script.ts';
import { type ProvenDeed, proveDeed } from './prove-deeds.ts';

export const presetVariant = 'script';
const colours: readonly (readonly [light: string, dark: string])[] = [
  ['#e9a4a0', '#8a3f3a'],
  ['#a0b1e9', '#3f4f8a'],
  ['#e9c7a0', '#8a5a2a'],
  ['#a0e9c7', '#2f7a58'],
  ['#d3a0e9', '#66307d'],
];

/** `at`: its place among the presets, for its colour. Throws ScriptError where the script lacks what a preset needs. */
export function presetNemesis(name: string, script: Script, at: number): Nemesis {
  const needs = needsOf(script);
  return {
    name,
    isPreset: true,
    ...(needs === undefined ? {} : { needs }),
    colours: colours[at % colours.length] ?? ['#d0d0d0', '#303030'],
    purpose: purposeOf(name, script),
    takesMs: takesMsOf(name, script),
    variants: [presetVariant],
    plan: (variant, _random, view) => planPreset(script, variant, view),
    fallback: () => undefined,
    exceeds: (_variant, settings) => excessOf(script, settings),
    inject: (cluster, _plan, clock) => new PresetRun(script, cluster, clock).begin(),
  };
}

function purposeOf(name: string, { title }: Script): string {
  if (title.startsWith(`${name}: `)) return title.slice(name.length + 2);
  throw new ScriptError(`${name}.txt: wanted a first line "${name}: what it is after", got "${title}"`);
}

function takesMsOf(name: string, { header }: Script): number {
  const seconds = Number(header.get('takes'));
  if (seconds > 0) return seconds * 1000;
  throw new ScriptError(
    `${name}.txt: wanted a line "takes: SECONDS" before the steps, got "${header.get('takes') ?? 'nothing'}"`,
  );
}

function needsOf({ steps }: Script): Ability | undefined {
  return steps.some(({ action: { verb } }) => verb === 'power-cut' || verb === 'damage') ? 'disk' : undefined;
}

/** As the disk nemesis judges the same deeds. */
function excessOf({ steps }: Script, settings: Settings): string | undefined {
  const deeds = steps.flatMap(({ action }) => {
    if (action.verb === 'damage') return [`${action.damage.kind}/one`];
    if (action.verb === 'power-cut')
      return [`${action.unsynced === 'lost' ? 'lose-unsynced' : 'torn-write'}/all`];
    return [];
  });
  return deeds.map((deed) => disk.exceeds?.(deed, settings)).find((reason) => reason !== undefined);
}

/** A script speaks of a whole group: it begins when nothing is missing. */
function planPreset(script: Script, variant: string, view: ClusterView): FaultPlan | NoTarget {
  if (variant !== presetVariant)
    throw new RangeError(`a preset has no variant "${variant}", only "${presetVariant}"`);
  const none = (reason: string): NoTarget => ({ kind: 'no-target', variant, reason });
  const servers = [...namesOf(view, 'broker'), ...namesOf(view, 'controller')];
  const missing = servers.filter((name) => view.states.get(name) !== 'running');
  if (missing.length > 0)
    return none(`${missing.join(', ')} ${missing.length === 1 ? 'does' : 'do'} not run`);
  const behind = namesOf(view, 'broker').filter((name) => !view.syncStateSet.includes(name));
  if (behind.length > 0) return none(`${behind.join(', ')} not in the SyncStateSet`);
  try {
    const targets = targetsOf(script, view);
    if (targets.length === 0) return none('the script hits nobody');
    return { kind: 'planned', variant, targets, links: [], nodes: targets };
  } catch (error) {
    if (error instanceof HostWordError) return none(error.message);
    throw error;
  }
}

/** Whom it hits as roles are now; they may be others by the time of a later step. */
function targetsOf({ steps }: Script, view: ClusterView): readonly string[] {
  const given = new Map<string, string>();
  const hit = new Set<string>();
  for (const { action } of steps) {
    if (action.verb === 'let') {
      const [host] = hostsOf([action.host], view, given);
      if (host !== undefined) given.set(action.name, host);
    } else for (const host of hostsOf(harmed(action), view, given)) hit.add(host);
  }
  return [...hit].sort();
}

function harmed(action: Action): readonly string[] {
  switch (action.verb) {
    case 'kill':
    case 'pause':
    case 'power-cut':
    case 'damage':
      return action.hosts;
    case 'cut':
      return action.from;
    default:
      return [];
  }
}

class PresetRun {
  readonly #steps: readonly Step[];
  readonly #cluster: BreakableCluster;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #stopped = new AbortController();
  readonly #player: ScriptPlayer;
  readonly #diary: string[] = [];
  readonly #touched = new Set<string>();
  readonly #links = new Map<string, readonly [string, string]>();
  #fresh: Omit<FaultEvent, 'time'>[] = [];
  #at = 0;

  constructor(script: Script, cluster: BreakableCluster, clock: Clock) {
    this.#steps = script.steps;
    this.#cluster = cluster;
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#player = new ScriptPlayer({
      cluster,
      clock,
      tell: (event) => this.#told(event),
      stop: this.#stopped.signal,
    });
  }

  /** Up to the first step that does harm. */
  async begin(): Promise<ActiveFault> {
    try {
      while (this.#touched.size === 0) {
        if (this.#at >= this.#steps.length) throw new Error('the script does no harm');
        const failure = await this.#next();
        if (failure !== undefined) throw new Error(failure);
      }
    } catch (error) {
      // Nobody heals what was not injected.
      await this.#player.healAll();
      throw error;
    }
    return {
      probeBit: () => this.#proveFirst(),
      goOn: (stop) => this.#goOn(stop),
      heal: () => this.#player.healAll(),
      probeHealed: () => this.#probeHealed(),
    };
  }

  async #goOn(stop: AbortSignal): Promise<ProbeResult> {
    const abort = () => this.#stopped.abort();
    stop.addEventListener('abort', abort);
    try {
      const failure = await this.#rest(stop);
      const proof = { steps: this.#diary, ...(failure === undefined ? {} : { reason: failure }) };
      return { proven: failure === undefined, proof };
    } finally {
      stop.removeEventListener('abort', abort);
    }
  }

  async #rest(stop: AbortSignal): Promise<string | undefined> {
    while (this.#at < this.#steps.length) {
      const step = this.#steps[this.#at];
      if (stop.aborted) {
        this.#stopped.abort();
        return `the load ended before line ${step?.line}, "${step?.text}"`;
      }
      const failure = (await this.#next()) ?? (await this.#proveFresh());
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  async #next(): Promise<string | undefined> {
    const step = this.#steps[this.#at];
    if (step === undefined) return undefined;
    this.#at += 1;
    const failure = await this.#player.play(step);
    this.#note(step.text);
    return failure;
  }

  #told(event: Omit<FaultEvent, 'time'>): void {
    if (event.phase !== 'bit') return;
    for (const target of event.targets) this.#touched.add(target);
    for (const link of event.links ?? []) this.#links.set(link.join('>'), link);
    if (event.proof?.['loss'] !== undefined) this.#note(String(event.proof['loss']));
    if (event.proof?.['scar'] !== undefined) this.#note(String(event.proof['scar']));
    else this.#fresh.push(event);
  }

  /** The first deed, asked by the driver until it is proven. */
  async #proveFirst(): Promise<ProbeResult> {
    const proofs = await this.#prove();
    if (proofs.every(({ isProven }) => isProven)) this.#fresh = [];
    return {
      proven: proofs.every(({ isProven }) => isProven),
      proof: { first: proofs.map(({ text }) => text) },
    };
  }

  async #proveFresh(): Promise<string | undefined> {
    const proofs = await this.#prove();
    this.#fresh = [];
    const unproven = proofs.find(({ isProven }) => !isProven);
    for (const { text } of proofs) this.#note(text);
    return unproven === undefined ? undefined : `no proof that it bit: ${unproven.text}`;
  }

  #prove(): Promise<readonly ProvenDeed[]> {
    return Promise.all(this.#fresh.map((event) => proveDeed(event, this.#cluster, this.#clock)));
  }

  #note(what: string): void {
    const seconds = (this.#clock.monotonicMs() - this.#startMs) / 1000;
    this.#diary.push(`${seconds.toFixed(1)} s ${what}`);
  }

  #probeHealed(): Promise<ProbeResult> {
    const servers = this.#cluster.hosts.filter(({ kind }) => kind !== 'client').map(({ name }) => name);
    const nodes = servers.filter((name) => this.#touched.has(name));
    return probeWhole(this.#cluster, { nodes, links: [...this.#links.values()] });
  }
}
