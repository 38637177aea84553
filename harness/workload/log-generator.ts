/**
 * The strict workload: sends of unique messages, and pulls by offset. Pure: what a process does next is a function of its luck and of
 * what it has seen.
 */
import type { Random } from '../../cluster/runtime/random.ts';
import type { ScriptedOperation } from './scripted-operation.ts';

export type LogRequest =
  | { readonly f: 'send'; readonly queueId: number; readonly message: string }
  | { readonly f: 'pull'; readonly queueId: number; readonly from: number; readonly tail: boolean }
  | { readonly f: 'max-offset'; readonly queueId: number };

export interface RequestMix {
  /** Out of 100 requests. The rest are pulls, but for a few questions for the maximum. */
  readonly sendShare: number;
  /** Out of 100 pulls: claims about the tail are where stale reads hide. */
  readonly tailShare: number;
}

const usualMix: RequestMix = { sendShare: 48, tailShare: 30 };
const maxOffsetShare = 4;

/** Of the pulls that are not at the tail half read among the newest messages, where a failover would take them away, half anywhere. */
const recentMessages = 64;

export class LogGenerator {
  readonly #random: Random;
  readonly #queues: number;
  readonly #mix: RequestMix;
  /** By queue: the end as this process knows it. */
  readonly #ends: number[];
  #sent = 0;

  constructor(random: Random, queues: number, mix: RequestMix = usualMix) {
    this.#mix = mix;
    this.#random = random;
    this.#queues = queues;
    this.#ends = new Array<number>(queues).fill(0);
  }

  /** `process` names the sender in the message, which no other message equals. */
  next(process: number): LogRequest {
    const queueId = this.#random.below(this.#queues);
    const draw = this.#random.below(100);
    if (draw < this.#mix.sendShare) {
      this.#sent += 1;
      return { f: 'send', queueId, message: `${process}-${this.#sent}` };
    }
    if (draw < this.#mix.sendShare + maxOffsetShare) return { f: 'max-offset', queueId };
    return this.#pull(queueId);
  }

  /** What a script asks for, in place of luck. */
  scripted(process: number, { f, queueId, back = 0 }: ScriptedOperation): LogRequest {
    if (f === 'max-offset') return { f, queueId };
    if (f === 'pull') {
      const end = this.#ends[queueId] ?? 0;
      return { f, queueId, from: Math.max(0, end - back), tail: end === 0 || back === 0 };
    }
    this.#sent += 1;
    return { f, queueId, message: `${process}-${this.#sent}` };
  }

  /** How a script would ask for the same. */
  written(request: LogRequest): Pick<ScriptedOperation, 'f' | 'queueId' | 'back'> {
    const { f, queueId } = request;
    if (f !== 'pull') return { f, queueId };
    return { f, queueId, back: (this.#ends[queueId] ?? 0) - request.from };
  }

  /** The queue has messages up to `end`. */
  saw(queueId: number, end: number): void {
    this.#ends[queueId] = Math.max(this.#ends[queueId] ?? 0, end);
  }

  #pull(queueId: number): LogRequest {
    const end = this.#ends[queueId] ?? 0;
    if (end === 0 || this.#random.below(100) < this.#mix.tailShare)
      return { f: 'pull', queueId, from: end, tail: true };
    const among = this.#random.below(2) === 0 ? end : Math.min(end, recentMessages);
    return { f: 'pull', queueId, from: end - 1 - this.#random.below(among), tail: false };
  }
}
