/**
 * Gathers the messages that are sent in one turn of the event loop into batches, one per topic, queue and wish to wait: what
 * RocketMQ's client calls autoBatch. Nothing is held back for a timer, so a lone message goes out as fast as without it.
 */
import { encodeBatchBody } from '../message/batch-body.ts';
import type { Clock } from '../runtime/clock.ts';
import { messageProperties, type OutgoingMessage } from './outgoing-message.ts';
import type { SendOutcome } from './send-outcome.ts';
import type { Gathered } from './sending.ts';

interface Open {
  readonly key: string;
  readonly messages: Gathered[];
  bytes: number;
}

export class ProduceAccumulator {
  readonly #clock: Clock;
  readonly #bytesMax: number;
  readonly #flushed: (messages: readonly Gathered[]) => void;
  /** By topic, queue, broker and wish, in the order of their first messages. */
  readonly #open = new Map<string, Open>();
  /** That of the last message: the next one's too, mostly. */
  #last: Open | undefined;
  #isPlanned = false;

  /** `flushed` gets at least one message; `bytesMax`: of bodies, a batch that would exceed it goes out before. */
  constructor(clock: Clock, bytesMax: number, flushed: (messages: readonly Gathered[]) => void) {
    this.#clock = clock;
    this.#bytesMax = bytesMax;
    this.#flushed = flushed;
  }

  add(gathered: Gathered): void {
    const { message } = gathered;
    let open = this.#openOf(message);
    if (open.messages.length > 0 && open.bytes + message.body.length > this.#bytesMax) {
      const full = open.messages;
      open = this.#renew(open.key);
      this.#flushed(full);
    }
    open.messages.push(gathered);
    open.bytes += message.body.length;
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#clock.soon(() => this.#flush());
  }

  #flush(): void {
    this.#isPlanned = false;
    this.#last = undefined;
    const batches = [...this.#open.values()];
    this.#open.clear();
    for (const { messages } of batches) this.#flushed(messages);
  }

  #openOf(message: OutgoingMessage): Open {
    const last = this.#last;
    const lastMessage = last?.messages[0]?.message;
    if (last !== undefined && lastMessage !== undefined && belongTogether(lastMessage, message)) return last;
    const { topic, queueId, brokerName, waitStoreMsgOk } = message;
    const key = `${queueId ?? ''} ${brokerName ?? ''} ${waitStoreMsgOk !== false} ${topic}`;
    const open = this.#open.get(key) ?? this.#renew(key);
    this.#last = open;
    return open;
  }

  #renew(key: string): Open {
    const open = { key, messages: [], bytes: 0 };
    this.#open.set(key, open);
    this.#last = open;
    return open;
  }
}

function belongTogether(left: OutgoingMessage, right: OutgoingMessage): boolean {
  return (
    left === right ||
    (left.topic === right.topic &&
      left.queueId === right.queueId &&
      left.brokerName === right.brokerName &&
      (left.waitStoreMsgOk !== false) === (right.waitStoreMsgOk !== false))
  );
}

/** Brokers take no batch for a retry topic. */
export function mayBatch(message: OutgoingMessage): boolean {
  return !message.topic.startsWith('%RETRY%');
}

/** The body of a batch request. */
export function encodeMessages(messages: readonly OutgoingMessage[], ids: readonly string[]): Uint8Array {
  return encodeBatchBody(
    messages.map((message, index) => ({
      flag: message.flag ?? 0,
      body: message.body,
      properties: messageProperties(message, ids[index] ?? ''),
    })),
  );
}

/** What a batch came to, told to each of its messages. */
export function outcomeOfMember(
  outcome: SendOutcome,
  member: Gathered,
  index: number,
  count: number,
): SendOutcome {
  if (outcome.kind !== 'ok') return outcome;
  const { offsetMessageId } = outcome;
  // All ids are of one length.
  const idLength = (offsetMessageId.length + 1) / count - 1;
  const start = index * (idLength + 1);
  return {
    kind: 'ok',
    messageId: member.messageId,
    offsetMessageId: offsetMessageId.slice(start, start + idLength),
    brokerName: outcome.brokerName,
    queueId: outcome.queueId,
    queueOffset: outcome.queueOffset + index,
    address: outcome.address,
  };
}
