/** `--deployment sim --seeds N`: many seeds on all cores. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { runCampaign } from '../campaign/campaign.ts';
import { type CampaignRecord, campaignRecord } from '../campaign/campaign-record.ts';
import { runOfSeed, type SeedOutcome } from '../campaign/campaign-seed.ts';
import type { CampaignTotals } from '../campaign/campaign-totals.ts';
import { SeedPool } from '../campaign/seed-pool.ts';
import { anomaliesOf, campaignFolder, reasonOf, writeCampaign } from '../campaign/write-campaign.ts';
import { replayCommand, runKind } from '../record/run-plan.ts';
import { type EndedRun, FollowedCollection } from '../runner/followed-collection.ts';
import { programVersions } from '../runner/program-versions.ts';
import type { ParsedArguments } from './parse-options.ts';
import { campaignBaseFromOptions } from './sim-options.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import type { Style, Terminal } from './terminal.ts';
import { verdictCodes } from './verdict-codes.ts';

/** A seed takes seconds, on a machine that has much else to do minutes. */
export const seedHangMs = 300_000;
/** Without a terminal: how often a line says that the campaign goes on. */
const plainEveryMs = 10_000;
const styles = { valid: 'green', invalid: 'red', unknown: 'yellow' } as const satisfies Record<string, Style>;

import { coverageText } from '../campaign/coverage/coverage.ts';

const neverShownMax = 12;

export async function campaign(parsed: ParsedArguments, terminal: Terminal): Promise<number> {
  const { given, values } = parsed;
  const firstSeed = Number(values.get('first-seed') ?? values.get('seed') ?? randomBytes(4).readUInt32BE());
  const nemesis = given.has('nemesis') ? (values.get('nemesis') ?? 'none') : 'swarm';
  const base = campaignBaseFromOptions(parsed, nemesis, firstSeed);
  const seeds = Number(values.get('seeds'));
  const failuresMax = Number(values.get('failures-max'));
  const workers = workersOf(parsed);
  const resultsFolder = resolve(values.get('results') ?? 'results');
  const { plan } = runOfSeed(base, firstSeed);
  const command = `${replayCommand(plan).replace(/ --seed \d+$/, '')} --seeds ${seeds} --first-seed ${firstSeed}`;
  const abort = new AbortController();
  stopOnSignals(abort, terminal, 'finishing the seeds that have begun');
  terminal.line(`campaign ${command}`);
  terminal.line(`threads  ${workers}`);
  const startMs = osClock.monotonicMs();
  const startWallMs = osClock.wallMs();
  const liveFolder = campaignFolder(resultsFolder, runKind(plan), startWallMs);
  const followed = new FollowedCollection(liveFolder, osClock, {
    ...{ collection: 'campaign', world: 'sim', command, firstSeed, workers, startWallMs, wanted: seeds },
  });
  const pool = new SeedPool({ workers, resultsFolder, hangMs: seedHangMs });
  const progress = new CampaignProgress(terminal, seeds, startMs, values.has('quiet'));
  let totals: CampaignTotals;
  try {
    totals = await runCampaign(pool, {
      base,
      firstSeed,
      seeds,
      failuresMax,
      save: values.has('keep') ? 'always' : 'failures',
      signal: abort.signal,
      told: (outcome, sums) => {
        progress.told(outcome, sums);
        followed.ended(endedRun(outcome, liveFolder), seeds - sums.seeds);
      },
    });
  } catch (error) {
    followed.broke(error);
    throw error;
  } finally {
    await pool.close();
  }
  const endedEarly = abort.signal.aborted
    ? 'stopped by hand'
    : totals.seeds < seeds
      ? `${failuresMax} failures are enough (--failures-max)`
      : undefined;
  const record = campaignRecord(totals, {
    kind: runKind(plan),
    command,
    firstSeed,
    seedsWanted: seeds,
    ...(endedEarly === undefined ? {} : { endedEarly }),
    workers,
    realSeconds: (osClock.monotonicMs() - startMs) / 1000,
    versions: programVersions(),
  });
  const folder = followed.recorded(() => writeCampaign(resultsFolder, startWallMs, record));
  if (values.has('json')) terminal.output(`${JSON.stringify(record, null, 2)}\n`);
  printCampaign(terminal, record, folder);
  return verdictCodes[record.verdict];
}

export function workersOf({ values }: ParsedArguments): number {
  return Number(values.get('workers') ?? availableParallelism());
}

function endedRun(outcome: SeedOutcome, from: string): EndedRun {
  const { broke, command, folder, seed, verdict, work } = outcome;
  return {
    name: `seed ${seed}`,
    verdict: broke === undefined ? verdict : 'broke',
    why: verdict === 'valid' ? '' : reasonOf(outcome),
    anomalies: [...new Set(anomaliesOf(outcome))],
    ...{ command, ok: work.ok, acknowledged: work.acknowledged },
    folder: folder === undefined ? null : relative(from, folder),
  };
}

class CampaignProgress {
  readonly #terminal: Terminal;
  readonly #seeds: number;
  readonly #startMs: number;
  readonly #quiet: boolean;
  #lastPlainMs = 0;

  constructor(terminal: Terminal, seeds: number, startMs: number, quiet: boolean) {
    this.#terminal = terminal;
    this.#seeds = seeds;
    this.#startMs = startMs;
    this.#quiet = quiet;
  }

  told(outcome: SeedOutcome, totals: CampaignTotals): void {
    if (outcome.verdict !== 'valid') this.#failure(outcome);
    if (this.#quiet) return;
    const elapsedMs = osClock.monotonicMs() - this.#startMs;
    const text = progressText(totals, this.#seeds, elapsedMs / 1000);
    if (this.#terminal.isInteractive) this.#terminal.live(text);
    else if (elapsedMs - this.#lastPlainMs >= plainEveryMs) {
      this.#lastPlainMs = elapsedMs;
      this.#terminal.line(text);
    }
  }

  #failure(outcome: SeedOutcome): void {
    const verdict = outcome.broke === undefined ? outcome.verdict : 'broken';
    const word = this.#terminal.style(styles[outcome.verdict], verdict.toUpperCase());
    this.#terminal.line(`seed ${outcome.seed} ${word}: ${reasonOf(outcome)}`);
    this.#terminal.line(`  ${outcome.command}`);
    if (outcome.folder !== undefined)
      this.#terminal.line(`  ${relative(process.cwd(), outcome.folder)}/report.html`);
  }
}

export function progressText(totals: CampaignTotals, seeds: number, elapsedS: number): string {
  const { valid, invalid, unknown } = totals.verdicts;
  const perSecond = (totals.seeds / Math.max(elapsedS, 1e-9)).toFixed(2);
  const speed = (totals.virtualSeconds / Math.max(totals.busySeconds, 1e-9)).toFixed(1);
  return `${totals.seeds}/${seeds} seeds · ${perSecond}/s · ${speed} simulated s per s and core · valid ${valid} invalid ${invalid} unknown ${unknown} · ok ${totals.ok}`;
}

function printCampaign(terminal: Terminal, record: CampaignRecord, folder: string): void {
  const { verdict, verdicts } = record;
  const faults = Object.entries(record.faults).map(
    ([nemesis, { bit, noTarget }]) =>
      `${nemesis} ${bit}${noTarget === 0 ? '' : ` (${noTarget} without a target)`}`,
  );
  terminal.line('');
  terminal.line(
    `seeds        ${record.seedsDone} of ${record.seedsWanted}: ${verdicts.valid} valid, ${verdicts.invalid} invalid, ${verdicts.unknown} unknown`,
  );
  if (record.endedEarly !== undefined) terminal.line(`ended early  ${record.endedEarly}`);
  terminal.line(
    `operations   ${record.ok} ok; ${record.acknowledged} sends acknowledged, ${record.nonEmptyPulls} pulls with messages`,
  );
  terminal.line(`faults felt  ${faults.join(' · ') || 'none'}`);
  // Guards and states before faults: a fault that was not drawn is no riddle.
  terminal.line(`states       ${coverageText(record.coverage, neverShownMax)}`);
  terminal.line(
    `speed        ${record.realSeconds.toFixed(1)} s; ${record.seedsPerSecond.toFixed(2)} seeds/s; ${record.speedPerCore.toFixed(1)} simulated seconds per second and core`,
  );
  if (record.shortcomings.length > 0)
    terminal.line(`too little   ${record.shortcomings.join('; ')}; raise --seeds`);
  const [first] = record.notValid;
  if (first !== undefined) terminal.line(`first        ${first.command}`);
  terminal.line(`report       ${relative(process.cwd(), folder)}/report.html`);
  terminal.line(
    `verdict      ${terminal.style(styles[verdict], verdict === 'invalid' ? 'INVALID' : verdict)}`,
  );
}
