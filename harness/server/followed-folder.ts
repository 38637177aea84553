/** What can be known of a run from its folder, now: its history, its faults, how far it is. Reads only what was added since the last look. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import { progressPath } from '../record/run-progress.ts';
import { bandColours, type FaultBand, faultBands } from './fault-bands.ts';
import { GrowingFile, jsonValues } from './growing-file.ts';
import { isFaultEvent, isOperation } from './is-operation.ts';
import { type JsonRecord, recordOf } from './json-value.ts';
import { RunSeries } from './run-series.ts';

/** How long one look may take, on a busy machine too. */
const lookMs = 400;

export class FollowedFolder {
  readonly #folder: string;
  readonly #historyFile: GrowingFile;
  readonly #faultsFile: GrowingFile;
  #series = new RunSeries();
  #faults: FaultEvent[] = [];
  #progress: JsonRecord | undefined;
  #looking: Promise<boolean> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#historyFile = new GrowingFile(join(folder, 'history.jsonl'));
    this.#faultsFile = new GrowingFile(join(folder, 'faults.jsonl'));
  }

  get series(): RunSeries {
    return this.#series;
  }

  get bands(): readonly FaultBand[] {
    return faultBands(this.#faults);
  }

  get colours(): Readonly<Record<string, readonly [string, string]>> {
    return bandColours(this.bands);
  }

  /** What progress.json held; undefined where there is none. */
  get progress(): JsonRecord | undefined {
    return this.#progress;
  }

  /**
   * Resolves with whether all was read that was there: a long history takes several looks, so that what is known of it can be told between. Several
   * callers share one look.
   */
  look(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<boolean> {
    const startMs = performance.now();
    const isWhole = await this.#historyFile.read(
      (text) => {
        for (const value of jsonValues(text)) if (isOperation(value)) this.#series.add(value);
      },
      () => {
        this.#series = new RunSeries();
      },
      () => performance.now() - startMs > lookMs,
    );
    await this.#faultsFile.read(
      (text) => {
        for (const value of jsonValues(text)) if (isFaultEvent(value)) this.#faults.push(value);
      },
      () => {
        this.#faults = [];
      },
    );
    this.#progress = await this.#readProgress();
    return isWhole;
  }

  async #readProgress(): Promise<JsonRecord | undefined> {
    try {
      return recordOf(JSON.parse(await readFile(progressPath(this.#folder), 'utf8')));
    } catch {
      return undefined;
    }
  }
}
