/** A fault script: what is done to a cluster, step by step, so that a person can read it. Pure. */
import { type CutFlavour, cutFlavours, type DiskDamage, type UnsyncedWrites } from '../nemesis.ts';

/** Words for hosts are bound when their step is done, to the cluster as it is then. */
export type HostWord = string;

/** Of what the controllers say. */
export type ViewCondition =
  /** The named brokers, or all, are in the SyncStateSet. */
  | { readonly kind: 'in-sync'; readonly hosts: readonly HostWord[] }
  | { readonly kind: 'left'; readonly hosts: readonly HostWord[] }
  | { readonly kind: 'master'; readonly host: HostWord; readonly isNot: boolean }
  | { readonly kind: 'no-master' }
  | { readonly kind: 'leader'; readonly host: HostWord; readonly isNot: boolean }
  /** Of the master, against the last `mark`. */
  | { readonly kind: 'epoch'; readonly grew: boolean };

export type Condition =
  | ViewCondition
  /** The named servers answer requests. */
  | { readonly kind: 'up'; readonly hosts: readonly HostWord[] };

export type Action =
  | { readonly verb: 'let'; readonly name: string; readonly host: HostWord }
  | {
      readonly verb: 'kill' | 'start' | 'pause' | 'resume';
      readonly hosts: readonly HostWord[];
    }
  /** What was not synced is torn, unless the script says that it is all lost. */
  | { readonly verb: 'power-cut'; readonly hosts: readonly HostWord[]; readonly unsynced: UnsyncedWrites }
  /** Of the stored log of a node that is down. */
  | { readonly verb: 'damage'; readonly hosts: readonly HostWord[]; readonly damage: DiskDamage }
  | {
      readonly verb: 'cut';
      readonly from: readonly HostWord[];
      readonly to: readonly HostWord[];
      readonly bothWays: boolean;
      readonly flavour: CutFlavour;
    }
  /** The cut that was written so, or all of them. */
  | { readonly verb: 'heal'; readonly cut: string | undefined }
  /** Remembers the epoch of the master. */
  | { readonly verb: 'mark' }
  | { readonly verb: 'wait'; readonly ms: number }
  | { readonly verb: 'await'; readonly condition: Condition; readonly limitMs: number }
  | { readonly verb: 'expect'; readonly condition: Condition };

export interface Step {
  /** From the start of the load; undefined: as soon as the step before is done. */
  readonly atMs: number | undefined;
  readonly action: Action;
  /** As it stands in the script. */
  readonly text: string;
  readonly line: number;
}

export interface Script {
  /** The first line: its name, and what it is after. */
  readonly title: string;
  /** Lines `key: value` before the first step. */
  readonly header: ReadonlyMap<string, string>;
  readonly steps: readonly Step[];
}

export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  readonly exitCode = 254;
}

const awaitLimitMsDefault = 20_000;
const verbs = [
  'let',
  'kill',
  'start',
  'pause',
  'resume',
  'power-cut',
  'damage',
  'cut',
  'heal',
  'mark',
  'wait',
  'await',
  'expect',
] as const;

/** `name`: of the file, for errors. Throws ScriptError naming the line, what was wanted and what came. */
export function parseScript(name: string, text: string): Script {
  const header = new Map<string, string>();
  const steps: Step[] = [];
  let title: string | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const fail = (wanted: string): never => {
      throw new ScriptError(`${name}:${index + 1}: wanted ${wanted}, got "${line}"`);
    };
    if (title === undefined) {
      title = line;
      continue;
    }
    const setting = /^([a-z][\w-]*):\s*(.*)$/.exec(line);
    if (setting !== null && steps.length === 0) {
      header.set(setting[1] ?? '', setting[2] ?? '');
      continue;
    }
    const step = /^(-|\d+(?:\.\d+)?)\s+(.*)$/.exec(line);
    if (step === null) return fail('"SECONDS VERB ..." or "- VERB ..."');
    const [, when = '-', words = ''] = step;
    const atMs = when === '-' ? undefined : Math.round(Number(when) * 1000);
    steps.push({ atMs, action: parseAction(words, fail), text: words, line: index + 1 });
  }
  if (title === undefined)
    throw new ScriptError(`${name}: wanted a first line that says what it is after, got nothing`);
  return { title, header, steps };
}

function parseAction(text: string, fail: (wanted: string) => never): Action {
  const [word = '', ...rest] = text.split(/\s+/);
  const verb = verbs.find((known) => known === word);
  if (verb === undefined) return fail(`one of ${verbs.join(', ')}`);
  switch (verb) {
    case 'let': {
      const [name = '', equals, host, ...more] = rest;
      if (equals !== '=' || host === undefined || more.length > 0) return fail('"let NAME = HOST"');
      return { verb, name, host };
    }
    case 'cut':
      return parseCut(rest, fail);
    case 'heal':
      return { verb, cut: rest.length === 0 ? undefined : `cut ${rest.join(' ')}` };
    case 'mark':
      return rest.length === 0 ? { verb } : fail('"mark" alone');
    case 'wait': {
      const ms = Math.round(Number(rest[0]) * 1000);
      return rest.length === 1 && ms > 0 ? { verb, ms } : fail('"wait SECONDS"');
    }
    case 'power-cut': {
      const [hosts, unsynced = 'torn', ...more] = rest;
      if (hosts === undefined || (unsynced !== 'torn' && unsynced !== 'lost') || more.length > 0)
        return fail('"power-cut HOST,HOST", with torn or lost behind it if need be');
      return { verb, hosts: listOf(hosts), unsynced };
    }
    case 'damage': {
      const [hosts, kind, place, ...more] = rest;
      const isKind = kind === 'bit-flip' || kind === 'truncate';
      if (!isKind || !/^0\.\d+$/.test(place ?? '') || more.length > 0)
        return fail('"damage HOST,HOST bit-flip PLACE" or "... truncate PLACE", with a place like 0.9');
      return { verb, hosts: listOf(hosts), damage: { kind, place: Number(place) } };
    }
    case 'await': {
      const last = rest.at(-1) ?? '';
      const isLimit = rest[rest.length - 2] === 'within';
      const limitMs = isLimit ? Math.round(Number(last) * 1000) : awaitLimitMsDefault;
      if (!(limitMs > 0)) return fail('"within SECONDS" at the end');
      return { verb, condition: parseCondition(isLimit ? rest.slice(0, -2) : rest, fail), limitMs };
    }
    case 'expect':
      return { verb, condition: parseCondition(rest, fail) };
    default:
      return rest.length === 1 ? { verb, hosts: listOf(rest[0]) } : fail(`"${verb} HOST,HOST"`);
  }
}

function parseCut(words: readonly string[], fail: (wanted: string) => never): Action {
  const [from, arrow, to, flavourWord = 'drop', ...more] = words;
  const flavour = cutFlavours.find((known) => known === flavourWord);
  const isArrow = arrow === '->' || arrow === '<->';
  if (!isArrow || to === undefined || flavour === undefined || more.length > 0)
    return fail(
      `"cut HOSTS -> HOSTS" or "cut HOSTS <-> HOSTS", with ${cutFlavours.join(', ')} behind it if need be`,
    );
  return { verb: 'cut', from: listOf(from), to: listOf(to), bothWays: arrow === '<->', flavour };
}

function parseCondition(words: readonly string[], fail: (wanted: string) => never): Condition {
  const [kind, ...rest] = words;
  const isNot = rest[0] === 'not';
  const [host] = isNot ? rest.slice(1) : rest;
  switch (kind) {
    case 'in-sync':
      return { kind, hosts: rest[0] === undefined ? [] : listOf(rest[0]) };
    case 'left':
    case 'up':
      return rest[0] === undefined ? fail(`"${kind} HOSTS"`) : { kind, hosts: listOf(rest[0]) };
    case 'no-master':
      return { kind };
    case 'master':
    case 'leader':
      return host === undefined ? fail(`"${kind} HOST" or "${kind} not HOST"`) : { kind, host, isNot };
    case 'epoch':
      if (rest[0] !== 'same' && rest[0] !== 'grew') return fail('"epoch same" or "epoch grew"');
      return { kind, grew: rest[0] === 'grew' };
    default:
      return fail('in-sync, left, up, master, no-master, leader or epoch');
  }
}

function listOf(text = ''): readonly HostWord[] {
  return text.split(',').filter((word) => word !== '');
}
