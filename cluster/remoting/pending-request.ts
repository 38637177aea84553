/** A request that waits for its answer: its own entry of the deadline wheel. */
import type { OutgoingRequest } from './channel.ts';
import { WheelEntry } from './deadline-wheel.ts';
import type { RemotingCommand } from './remoting-command.ts';
import type { RemotingError } from './remoting-error.ts';

export type RequestDone = (error: RemotingError | undefined, response: RemotingCommand | undefined) => void;

/** Where a request waits. */
export interface RequestOwner {
  expired(pending: PendingRequest): void;
}

export class PendingRequest extends WheelEntry {
  readonly timeoutMs: number;
  readonly done: RequestDone;
  /** Leaves the extFields of the response to be parsed when they are asked for. */
  readonly isLazy: boolean;
  /** 0 until it is sent. */
  opaque = 0;
  /** Dropped once it is sent, so that its body is not kept. */
  request: OutgoingRequest | undefined;
  readonly #owner: RequestOwner;

  constructor(
    owner: RequestOwner,
    request: OutgoingRequest,
    timeoutMs: number,
    done: RequestDone,
    isLazy: boolean,
  ) {
    super();
    this.#owner = owner;
    this.request = request;
    this.timeoutMs = timeoutMs;
    this.done = done;
    this.isLazy = isLazy;
  }

  override expire(): void {
    this.#owner.expired(this);
  }
}
