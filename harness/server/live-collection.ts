/** One campaign or matrix that is followed: looks into its folder while a page is open, and tells each page how far it has come. */
import { join } from 'node:path';
import { progressPath } from '../record/run-progress.ts';
import { collectionState } from './collection-state.ts';
import type { EventStream } from './event-stream.ts';
import type { JsonRecord } from './json-value.ts';
import { addressOf } from './list-page.ts';
import { readJson } from './read-summary.ts';
import { Repeating } from './repeating.ts';
import type { RunSummary } from './run-summary.ts';

/** It is written once a second. */
const tellEveryMs = 500;

export class LiveCollection {
  readonly #folder: string;
  readonly #summary: () => Promise<RunSummary | undefined>;
  readonly #pages = new Set<EventStream>();
  readonly #repeating = new Repeating(tellEveryMs, () => this.#lookAndTell());
  #progress: JsonRecord = {};

  /** `summary`: its row, as it is now. */
  constructor(folder: string, summary: () => Promise<RunSummary | undefined>) {
    this.#folder = folder;
    this.#summary = summary;
  }

  get isFollowed(): boolean {
    return this.#pages.size > 0;
  }

  /** Tells what there is at once, then what comes; ends the stream when it is over. */
  async follow(stream: EventStream): Promise<void> {
    const release = this.#repeating.want();
    this.#pages.add(stream);
    stream.onClose(() => {
      this.#pages.delete(stream);
      release();
    });
    await this.#lookAndTell();
  }

  async #lookAndTell(): Promise<void> {
    const summary = await this.#summary();
    if (summary === undefined) {
      // The folder is gone: nothing comes any more.
      for (const stream of this.#pages) stream.over();
      return;
    }
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
    for (const stream of this.#pages) {
      stream.send('state', state);
      if (state.ended !== undefined) stream.over();
    }
  }
}
