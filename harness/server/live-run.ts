/** One run that is followed: looks into its folder while a page is open, and tells each page what is new to it. */
import type { EventStream } from './event-stream.ts';
import type { FollowedFolder } from './followed-folder.ts';
import { addressOf } from './list-page.ts';
import { LivePages } from './live-pages.ts';
import { type LiveState, liveState } from './live-state.ts';
import type { RunSummary } from './run-summary.ts';

/** What one page has been told of the series. */
interface Told {
  binS: number;
  untilS: number;
}

export class LiveRun extends LivePages {
  readonly #followed: FollowedFolder;
  readonly #summary: () => Promise<RunSummary | undefined>;
  readonly #told = new WeakMap<EventStream, Told>();

  /** `summary`: its row, as it is now. */
  constructor(followed: FollowedFolder, summary: () => Promise<RunSummary | undefined>) {
    super();
    this.#followed = followed;
    this.#summary = summary;
  }

  protected override async look(): Promise<((stream: EventStream) => void) | undefined> {
    const summary = await this.#summary();
    const isWhole = await this.#followed.look();
    if (summary === undefined) return undefined;
    const state = this.#stateOf(summary);
    return (stream) => this.#tell(stream, state, isWhole);
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
    const told = this.#told.get(stream) ?? { binS: 0, untilS: 0 };
    this.#told.set(stream, told);
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
