/** Work that is done again and again while anybody wants it, one at a time, and rests when nobody does. */
export class Repeating {
  readonly #work: () => Promise<void>;
  readonly #everyMs: number;
  readonly #wanting = new Set<object>();
  #timer: NodeJS.Timeout | undefined;
  #isAtWork = false;

  /** `work` must not reject. */
  constructor(everyMs: number, work: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#work = work;
  }

  get isWanted(): boolean {
    return this.#wanting.size > 0;
  }

  /** Returns what says that it is wanted no more. */
  want(): () => void {
    const one = {};
    this.#wanting.add(one);
    if (this.#timer === undefined && !this.#isAtWork) this.#again();
    return () => {
      this.#wanting.delete(one);
      if (this.#wanting.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #again(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isAtWork = true;
      void this.#work().then(() => {
        this.#isAtWork = false;
        if (this.#wanting.size > 0) this.#again();
      });
    }, this.#everyMs);
  }
}
