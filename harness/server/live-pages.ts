/** The pages that follow what goes on in one folder: it is looked into while there are any. */
import type { EventStream } from './event-stream.ts';
import { Repeating } from './repeating.ts';

/** Eyes want no more. */
const tellEveryMs = 500;

export abstract class LivePages {
  readonly #pages = new Set<EventStream>();
  readonly #repeating = new Repeating(tellEveryMs, () => this.#lookAndTell());

  get isFollowed(): boolean {
    return this.#pages.size > 0;
  }

  /** Tells all that there is at once, then what comes; ends the stream when it is over. */
  async follow(stream: EventStream): Promise<void> {
    const release = this.#repeating.want();
    this.#pages.add(stream);
    stream.onClose(() => {
      this.#pages.delete(stream);
      release();
    });
    await this.#lookAndTell([stream]);
  }

  /** Resolves with what tells a page the news; undefined: the folder is gone. */
  protected abstract look(): Promise<((stream: EventStream) => void) | undefined>;

  async #lookAndTell(streams?: readonly EventStream[]): Promise<void> {
    try {
      const tell = await this.look();
      if (tell === undefined) {
        // Nothing comes any more.
        for (const stream of this.#pages) stream.over();
        return;
      }
      for (const stream of streams ?? this.#pages) tell(stream);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const stream of this.#pages) stream.send('trouble', { reason });
    }
  }
}
