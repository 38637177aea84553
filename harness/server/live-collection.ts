/** One campaign or matrix that is followed: looks into its folder while a page is open, and tells each page how far it has come. */
import { join } from 'node:path';
import { progressPath } from '../record/run-progress.ts';
import { collectionState } from './collection-state.ts';
import type { EventStream } from './event-stream.ts';
import type { JsonRecord } from './json-value.ts';
import { addressOf } from './list-page.ts';
import { LivePages } from './live-pages.ts';
import { readJson } from './read-summary.ts';
import type { RunSummary } from './run-summary.ts';

export class LiveCollection extends LivePages {
  readonly #folder: string;
  readonly #summary: () => Promise<RunSummary | undefined>;
  #progress: JsonRecord = {};

  /** `summary`: its row, as it is now. */
  constructor(folder: string, summary: () => Promise<RunSummary | undefined>) {
    super();
    this.#folder = folder;
    this.#summary = summary;
  }

  protected override async look(): Promise<((stream: EventStream) => void) | undefined> {
    const summary = await this.#summary();
    if (summary === undefined) return undefined;
    const progress = await readJson(progressPath(this.#folder));
    // It is removed when the record stands: what it said last still holds.
    if (progress !== undefined && !(progress instanceof Error)) this.#progress = progress;
    const record = await readJson(
      join(this.#folder, summary.type === 'matrix' ? 'all.json' : 'campaign.json'),
    );
    const state = collectionState({
      ...{ summary, progress: this.#progress, address: addressOf(summary), nowMs: Date.now() },
      record: record instanceof Error || summary.outcome === 'running' ? undefined : record,
    });
    return (stream) => {
      stream.send('state', state);
      if (state.ended !== undefined) stream.over();
    };
  }
}
