/** npm run jepsen -- explore: every state of small groups over the pure cores, or Raft alone under random fortune. */
import type { Clock } from '../../cluster/runtime/clock.ts';
import { seededBugNames } from '../../cluster/runtime/seeded-bug.ts';
import {
  counterexampleLines,
  explorationTable,
  progressLine,
  type TimedExploration,
} from '../explorer/exploration-table.ts';
import { type Counterexample, explore, type Progress } from '../explorer/explore.ts';
import { exploreJoined } from '../explorer/explore-joined.ts';
import type { Model } from '../explorer/model.ts';
import { RaftModel } from '../explorer/raft/raft-model.ts';
import { raftSizes } from '../explorer/raft/raft-sizes.ts';
import { runRandomRaft } from '../explorer/raft/random-raft.ts';
import { WidenedRaft } from '../explorer/raft/widened-raft.ts';
import { SyncStateSetModel } from '../explorer/sync-state-set/sync-state-set-model.ts';
import { syncStateSetSizes } from '../explorer/sync-state-set/sync-state-set-sizes.ts';
import { WidenedWorlds } from '../explorer/sync-state-set/widened-worlds.ts';
import { UsageError } from '../usage-error.ts';
import { didYouMean } from './did-you-mean.ts';
import type { OptionName } from './options-table.ts';
import type { ParsedArguments } from './parse-options.ts';
import type { Terminal } from './terminal.ts';

const models = ['raft', 'sync-state-set', 'raft-random'] as const;
type ModelName = (typeof models)[number];

const progressMs = 2000;
const stepsPerSeed = 10_000;

/** Returns the exit code: 0 clean, 1 with a counterexample. */
export function exploreFromArguments(
  parsed: ParsedArguments,
  words: readonly string[],
  terminal: Terminal,
  clock: Clock,
): number {
  const [word = 'raft', ...more] = words;
  const name = models.find((known) => known === word);
  if (name === undefined || more.length > 0) {
    const advice = didYouMean(word, models) || '.';
    throw new UsageError(`explore: no model "${words.join(' ')}"${advice} Known: ${models.join(', ')}`);
  }
  const seconds = Number(parsed.values.get('seconds'));
  if (name === 'raft-random') return randomRaft(parsed, seconds, terminal, clock);
  return exhaustive(modelsOf(name, parsed), seconds, terminal, clock);
}

/** The size that was asked for, or all in turn. */
function modelsOf(name: Exclude<ModelName, 'raft-random'>, parsed: ParsedArguments): Iterable<SizedModel> {
  const given = (option: OptionName, otherwise: number): number =>
    parsed.given.has(option) ? Number(parsed.values.get(option)) : otherwise;
  const isGiven = (['nodes', 'messages', 'faults'] as const).some((option) => parsed.given.has(option));
  const nodes = given('nodes', 2);
  if (nodes > 4) throw new UsageError(`--nodes: an exploration is for up to 4 nodes, got ${nodes}`);
  const messages = given('messages', 1);
  const faults = given('faults', 1);
  if (name === 'raft') {
    const wanted = { nodes, messages, faults, campaigns: 1 + Math.min(1, faults), heartbeats: 0, reads: 0 };
    return lazily(isGiven ? [wanted] : raftSizes, (bounds) => {
      const model = new RaftModel(bounds);
      const isWidened = bounds.heartbeats === 0 && bounds.reads === 0;
      return { model, widened: isWidened ? new WidenedRaft(bounds, model.scope) : model };
    });
  }
  const seededBugs = new Set(seededBugNames.filter((bug) => bug === parsed.values.get('bug')));
  const rules = { minInSyncReplicas: 1, seededBugs };
  const wanted = { nodes, messages, faults, elections: 1, proposals: 1 };
  return lazily(isGiven ? [wanted] : syncStateSetSizes, (bounds) => {
    const model = new SyncStateSetModel(bounds, rules);
    return { model, widened: new WidenedWorlds(bounds, rules, model.scope) };
  });
}

interface Models {
  readonly model: Model;
  /** Which allows more, for the joined walk. */
  readonly widened: Model;
}

interface SizedModel extends Models {
  readonly size: string;
}

/** One model at a time: each holds what it has seen. */
function* lazily<Bounds extends object>(
  sizes: readonly Bounds[],
  make: (bounds: Bounds) => Models,
): Iterable<SizedModel> {
  for (const bounds of sizes) yield { size: sizeText(bounds), ...make(bounds) };
}

function sizeText(bounds: object): string {
  return Object.entries(bounds)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${count} ${count === 1 ? name.replace(/s$/, '') : name}`)
    .join(', ');
}

function exhaustive(sized: Iterable<SizedModel>, seconds: number, terminal: Terminal, clock: Clock): number {
  const startMs = clock.monotonicMs();
  const endMs = startMs + seconds * 1000;
  const rows: TimedExploration[] = [];
  let found: Counterexample | undefined;
  let scope: readonly string[] = [];
  for (const { size, model, widened } of sized) {
    scope = model.scope;
    const beganMs = clock.monotonicMs();
    let shownMs = beganMs;
    const limits = {
      isOver: () => clock.monotonicMs() > endMs,
      progress: (soFar: Progress) => {
        if (clock.monotonicMs() - shownMs < progressMs) return;
        shownMs = clock.monotonicMs();
        terminal.line(progressLine(size, soFar));
      },
    };
    const joined = exploreJoined(widened, limits);
    // What it says against the model may come of ways that were joined: only a way that can be told counts, and a shortest one.
    const exploration = joined.ending === 'violation' ? explore(model, limits) : joined;
    rows.push({ size, seconds: (clock.monotonicMs() - beganMs) / 1000, exploration });
    found = 'counterexample' in exploration ? exploration.counterexample : undefined;
    if (found !== undefined || clock.monotonicMs() > endMs) break;
  }
  const lines = [...explorationTable(rows), '', 'the last size:', ...scope.map((line) => `  ${line}`)];
  if (found !== undefined) lines.push('', 'counterexample, a shortest one:', ...counterexampleLines(found));
  terminal.output(`${lines.join('\n')}\n`);
  return found === undefined ? 0 : 1;
}

function randomRaft(parsed: ParsedArguments, seconds: number, terminal: Terminal, clock: Clock): number {
  const startMs = clock.monotonicMs();
  let shownMs = startMs;
  const firstSeed = Number(parsed.values.get('seed') ?? 1);
  const totals = runRandomRaft(firstSeed, Number.POSITIVE_INFINITY, stepsPerSeed, (soFar) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - shownMs >= progressMs) {
      shownMs = nowMs;
      terminal.line(`raft-random: ${soFar.seeds} seeds, ${soFar.steps} steps`);
    }
    return nowMs - startMs > seconds * 1000;
  });
  const { seeds, steps, leaders, committed, reads, failure } = totals;
  const rate = Math.round((steps * 1000) / Math.max(1, clock.monotonicMs() - startMs));
  terminal.output(
    `${steps} steps over seeds ${firstSeed} to ${firstSeed + seeds - 1}, ${rate} a second: ${leaders} leaders, ${committed} entries committed, ${reads} reads\n` +
      `${failure ?? 'no promise was broken'}\n`,
  );
  return failure === undefined ? 0 : 1;
}
