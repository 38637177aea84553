/** The clients of a made-up run: operations that take effect at one moment between invocation and answer, on a log in memory. */
import type { Operation } from '../../../checkers/history/operation.ts';
import type { Random } from '../../../cluster/runtime/random.ts';
import { type RunPlan, topicName } from '../../record/run-plan.ts';
import { firstFinalProcess } from '../../runner/final-reads.ts';
import { LogGenerator, type LogRequest } from '../../workload/log-generator.ts';

/** Who serves from when; between two masters, from `until` on, nobody does. */
export interface Mastership {
  readonly node: string;
  readonly epoch: number;
  readonly from: number;
  readonly until: number;
}

export interface SyntheticLoadOptions {
  readonly plan: RunPlan;
  readonly random: Random;
  readonly masters: readonly Mastership[];
  /** From here on the last three messages of queue 0 are gone: when a master is lost, so that all of them were or will be acknowledged. */
  readonly losesAt?: number;
}

interface Slot {
  process: number;
  readonly generator: LogGenerator;
  /** What happens next, and when. */
  at: number;
  step: 'begin' | 'effect' | 'end';
  request: LogRequest;
  answer: Answer;
}

interface Answer {
  readonly type: 'ok' | 'fail' | 'info';
  readonly node: string;
  readonly offset?: number;
  readonly messages?: readonly (readonly [number, string])[];
}

const ms = 1e6;
const timeoutNs = 3000 * ms;

export class SyntheticLoad {
  readonly operations: Operation[] = [];
  nowNs = 0;
  readonly #options: SyntheticLoadOptions;
  readonly #logs: string[][];
  readonly #slots: Slot[];
  #losesAt: number;

  constructor(options: SyntheticLoadOptions) {
    this.#options = options;
    const { plan, random } = options;
    this.#losesAt = options.losesAt ?? Number.POSITIVE_INFINITY;
    this.#logs = Array.from({ length: plan.queues }, () => []);
    this.#slots = Array.from({ length: plan.concurrency }, (_, process) => ({
      process,
      generator: new LogGenerator(random.fork(`process-${process}`), plan.queues),
      at: random.below(20) * ms + random.below(1e6),
      step: 'begin',
      request: { f: 'max-offset', queueId: 0 },
      answer: { type: 'ok', node: '' },
    }));
  }

  run(): void {
    const endNs = this.#options.plan.timeLimitS * 1e9;
    for (;;) {
      let next: Slot | undefined;
      for (const slot of this.#slots) if (next === undefined || slot.at < next.at) next = slot;
      if (next === undefined || next.at === Number.POSITIVE_INFINITY) return;
      this.nowNs = next.at;
      if (next.step === 'begin') this.#begin(next, endNs);
      else if (next.step === 'effect') this.#effect(next);
      else this.#end(next);
    }
  }

  /** Returns when they began. */
  finalReads(replicas: readonly string[]): number {
    const fromNs = this.nowNs + 100 * ms;
    this.nowNs = fromNs;
    for (const [queueId, log] of this.#logs.entries()) {
      const queue = `${topicName}/${queueId}`;
      const process = firstFinalProcess + queueId;
      const node = this.#masterAt(this.nowNs)?.node ?? 'n1';
      const message = `barrier-${queueId}-1`;
      const add = (type: 'invoke' | 'ok', body: object) => {
        this.nowNs += 0.4 * ms;
        this.#add(process, type, body);
      };
      add('invoke', { f: 'send', value: { queue, message } });
      log.push(message);
      add('ok', { f: 'send', value: { queue, message, offset: log.length - 1 }, node });
      for (const reader of ['', ...replicas]) {
        const f = reader === '' ? 'pull' : 'replica-pull';
        const at = { node: reader === '' ? node : reader };
        for (let from = 0; from < log.length; from += 32) {
          add('invoke', { f, value: { queue, from }, ...(reader === '' ? {} : at) });
          const messages = log.slice(from, from + 32).map((one, k) => [from + k, one]);
          add('ok', { f, value: { queue, from, messages }, ...at });
        }
      }
    }
    return fromNs;
  }

  #begin(slot: Slot, endNs: number): void {
    if (slot.at >= endNs) {
      slot.at = Number.POSITIVE_INFINITY;
      return;
    }
    slot.request = slot.generator.next(slot.process);
    this.#add(slot.process, 'invoke', { f: slot.request.f, value: this.#question(slot.request) });
    slot.step = 'effect';
    slot.at += this.#latencyNs(slot.request) / 2;
  }

  #effect(slot: Slot): void {
    const { random } = this.#options;
    if (slot.at >= this.#losesAt) {
      this.#losesAt = Number.POSITIVE_INFINITY;
      this.#logs[0]?.splice(-3);
    }
    const master = this.#masterAt(slot.at);
    slot.step = 'end';
    if (master !== undefined) {
      slot.answer = { type: 'ok', node: master.node, ...this.#apply(slot.request) };
      slot.at += this.#latencyNs(slot.request) / 2;
      return;
    }
    // Half of the clients ask for the route and find the new master; the others wait for the old one until they give up.
    const next = this.#options.masters.find(({ from }) => from > slot.at);
    if (next !== undefined && slot.process % 2 === 0) {
      slot.step = 'effect';
      slot.at = next.from + random.below(60) * ms;
      return;
    }
    const isSend = slot.request.f === 'send';
    if (isSend && random.below(3) === 0) this.#apply(slot.request);
    slot.answer = { type: isSend ? 'info' : 'fail', node: '' };
    slot.at += timeoutNs;
  }

  #end(slot: Slot): void {
    const { plan, random } = this.#options;
    const { type, node, offset, messages } = slot.answer;
    const question = this.#question(slot.request);
    const value = type === 'ok' ? { ...question, ...defined({ offset, messages }) } : question;
    const error = type === 'ok' ? {} : { error: 'no answer within 3000 ms' };
    this.#add(slot.process, type, {
      f: slot.request.f,
      value,
      ...(node === '' ? {} : { node }),
      ...error,
    });
    const { queueId } = slot.request;
    const end = messages?.at(-1)?.[0] ?? offset;
    if (end !== undefined) slot.generator.saw(queueId, slot.request.f === 'max-offset' ? end : end + 1);
    if (type === 'info') slot.process += plan.concurrency;
    slot.step = 'begin';
    const meanNs = (plan.concurrency / plan.rate) * 1e9;
    slot.at += Math.max(0, meanNs * (0.5 + random.below(1000) / 1000) - 2 * ms);
  }

  #apply(request: LogRequest): Partial<Answer> {
    const log = this.#logs[request.queueId] ?? [];
    switch (request.f) {
      case 'send':
        log.push(request.message);
        return { offset: log.length - 1 };
      case 'max-offset':
        return { offset: log.length };
      case 'pull': {
        const { from } = request;
        return { messages: log.slice(from, from + 8).map((message, k) => [from + k, message] as const) };
      }
      default:
        return request satisfies never;
    }
  }

  #question(request: LogRequest): object {
    const queue = `${topicName}/${request.queueId}`;
    if (request.f === 'send') return { queue, message: request.message };
    if (request.f === 'max-offset') return { queue };
    return request.tail ? { queue, from: request.from, tail: true } : { queue, from: request.from };
  }

  #latencyNs({ f }: LogRequest): number {
    const { random } = this.#options;
    const usual = (f === 'send' ? 1.2 : 0.4) * ms * (1 + random.below(1000) / 500);
    return random.below(400) === 0 ? usual * (5 + random.below(40)) : usual;
  }

  #masterAt(time: number): Mastership | undefined {
    return this.#options.masters.find(({ from, until }) => time >= from && time < until);
  }

  #add(process: number, type: Operation['type'], body: object): void {
    const index = this.operations.length;
    // Put together from parts, as the recorder's lines are: what they hold is checked where they are read.
    this.operations.push({ index, time: Math.round(this.nowNs), process, type, ...body } as Operation);
  }
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
