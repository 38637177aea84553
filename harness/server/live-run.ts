/** One run that is followed: looks into its folder while a page is open, and tells each page what is new to it. */
import type { EventStream } from './event-stream.ts';
import type { FollowedFolder } from './followed-folder.ts';
import { addressOf } from './list-page.ts';
import { type LiveState, liveState } from './live-state.ts';
import { Repeating } from './repeating.ts';
import type { RunSummary } from './run-summary.ts';

/** Eyes want no more. */
const tellEveryMs = 500;

/** What one page has been told of the series. */
interface Told {
  binS: number;
  untilS: number;
}

export class LiveRun {
  readonly #followed: FollowedFolder;
  readonly #summary: () => Promise<RunSummary | undefined>;
  readonly #pages = new Map<EventStream, Told>();
  readonly #repeating = new Repeating(tellEveryMs, () => this.#lookAndTell());

  /** `summary`: its row, as it is now. */
  constructor(followed: FollowedFolder, summary: () => Promise<RunSummary | undefined>) {
    this.#followed = followed;
    this.#summary = summary;
  }

  get isFollowed(): boolean {
    return this.#pages.size > 0;
  }

  /** Tells all that there is at once, then what comes; ends the stream when the run is over. */
  async follow(stream: EventStream): Promise<void> {
    const release = this.#repeating.want();
    this.#pages.set(stream, { binS: 0, untilS: 0 });
    stream.onClose(() => {
      this.#pages.delete(stream);
      release();
    });
    await this.#lookAndTell([stream]);
  }

  async #lookAndTell(streams?: readonly EventStream[]): Promise<void> {
    try {
      const summary = await this.#summary();
      const isWhole = await this.#followed.look();
      if (summary === undefined) {
        // The folder is gone: nothing comes any more.
        for (const stream of this.#pages.keys()) stream.over();
        return;
      }
      const state = this.#stateOf(summary);
      for (const stream of streams ?? [...this.#pages.keys()]) this.#tell(stream, state, isWhole);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const stream of this.#pages.keys()) stream.send('trouble', { reason });
    }
  }

  #stateOf(summary: RunSummary): LiveState {
    const { series, bands, progress } = this.#followed;
    return liveState({
      ...{ summary, progress, bands },
      totals: series.totals(),
      address: addressOf(summary),
      nowMs: Date.now(),
    });
  }

  #tell(stream: EventStream, state: LiveState, isWhole: boolean): void {
    const told = this.#pages.get(stream);
    if (told === undefined) return;
    const { series } = this.#followed;
    let columns = series.columns(told.untilS);
    if (columns.binS !== told.binS) columns = series.columns();
    stream.send('state', { ...state, colours: this.#followed.colours });
    if (columns.sendOk.length > 0) stream.send('series', columns);
    // The last bin is not full yet: it is told again.
    told.binS = columns.binS;
    told.untilS = Math.max(0, (columns.from + columns.sendOk.length - 1) * columns.binS);
    if (state.ended !== undefined && isWhole) stream.over();
  }
}
