/**
 * At the first byte (or the end) it waits `timeout` milliseconds and closes the connection. Connections that begin under it end with RST;
 * those that were there before are closed in the ordinary way, and stay until a byte comes.
 */
import { NoopStage, type Sink } from '../stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';

type ResetPeerAttributes = { timeout: number };

export const resetPeerToxic: ToxicKind = {
  type: 'reset_peer',
  closesWithReset: true,
  create() {
    const attributes: ResetPeerAttributes = { timeout: 0 };
    return { attributes, stage: (next) => new ResetPeerStage(attributes, next) };
  },
};

class ResetPeerStage extends NoopStage {
  readonly #attributes: ResetPeerAttributes;
  #timer: NodeJS.Timeout | undefined;

  constructor(attributes: ResetPeerAttributes, next: Sink) {
    super(next);
    this.#attributes = attributes;
  }

  override chunk(): void {
    this.#trigger();
  }

  override end(): void {
    this.#trigger();
  }

  override dispose(): void {
    clearTimeout(this.#timer);
  }

  /** Once triggered the connection is doomed, also when the toxic goes. */
  override release(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.finish();
  }

  #trigger(): void {
    if (this.isEnded || this.#timer !== undefined) return;
    if (this.#attributes.timeout <= 0) this.finish();
    else this.#timer = setTimeout(() => this.finish(), this.#attributes.timeout);
  }
}
