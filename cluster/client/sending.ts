/** A send on its way, and the words for those that go nowhere. */
import type { OutgoingMessage } from './outgoing-message.ts';
import type { SendOutcome } from './send-outcome.ts';
import type { TopicRoute } from './topic-route.ts';

export type SendDone = (outcome: SendOutcome) => void;

/** What was asked for. */
export interface Gathered {
  readonly message: OutgoingMessage;
  /** UNIQ_KEY; those of a batch are joined by commas. */
  readonly messageId: string;
  readonly bornTimestamp: number;
  /** Monotonic. */
  readonly deadlineMs: number;
  readonly done: SendDone;
}

/** What goes into the request. */
export interface SendContent {
  /** UNIQ_KEY of the request: of a batch it is none of its messages'. */
  readonly uniqueId: string;
  readonly body: Uint8Array;
  readonly isBatch: boolean;
}

/** A send on its way. */
export interface Sending extends Gathered, SendContent {
  /** An earlier attempt ended so: whatever comes of later ones, it may be stored. */
  maybeStored: SendOutcome | undefined;
  /** Why the last attempt failed. */
  lastFailure: Why | undefined;
}

export function newSending(asked: Gathered, content: SendContent): Sending {
  const { message, messageId, bornTimestamp, deadlineMs, done } = asked;
  const { uniqueId, body, isBatch } = content;
  return {
    message,
    messageId,
    uniqueId,
    body,
    isBatch,
    bornTimestamp,
    deadlineMs,
    done,
    maybeStored: undefined,
    lastFailure: undefined,
  };
}

export interface Why {
  readonly reason: string;
  readonly code?: number;
}

export function noQueueReason(message: OutgoingMessage, route: TopicRoute | undefined): string {
  if (route === undefined) return `no nameserver knows a route of topic "${message.topic}"`;
  const queue = message.queueId === undefined ? 'queue to write to' : `queue ${message.queueId}`;
  const broker = message.brokerName === undefined ? '' : ` at ${message.brokerName}`;
  return `topic "${message.topic}" has no ${queue}${broker}`;
}

export function failure(reason: string, code?: number, address?: string): SendOutcome {
  return {
    kind: 'fail',
    definite: true,
    reason,
    ...(code === undefined ? undefined : { code }),
    ...(address === undefined ? undefined : { address }),
  };
}
