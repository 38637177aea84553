/** Pulls: PULL_MESSAGE (11) and LITE_PULL_MESSAGE (361), with long polling. */
import { Buffer } from 'node:buffer';
import type { RequestContext } from '../../remoting/channel.ts';
import {
  type PullMessageRequestHeader,
  PullSysFlag,
  pullMessageRequestHeader,
  pullMessageResponseHeader,
} from '../../remoting/header/pull-message.ts';
import type { RemotingServer } from '../../remoting/remoting-server.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import type { Timer } from '../../runtime/clock.ts';
import type { GetResult } from '../../store/get-messages.ts';
import type { BrokerCounters } from '../broker-counters.ts';
import { type BrokerServices, notMasterResponse } from '../broker-services.ts';
import { HeldPulls } from '../held-pulls.ts';
import { isClaimAboutQueueEnd, pullResponseCode } from '../pull-response.ts';
import { tagsCodesOf } from '../tag-expression.ts';
import { whenTailIsKnown } from '../tail-claim.ts';
import { queueFault } from './queue-checks.ts';

/** A pull on its way. */
interface Pull {
  readonly context: RequestContext;
  readonly header: PullMessageRequestHeader;
  readonly channelId: number;
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly tagsCodes: ReadonlySet<number> | undefined;
  readonly deadlineMs: number;
  /** It may be held, once. */
  readonly isHoldable: boolean;
}

/** Whatever a client asks for: longer than any client waits for an answer. */
const holdMsMax = 60_000;
/** Pulls whose time is over are answered in groups. */
const expiryGroupMs = 20;

export class PullMessageProcessor {
  readonly #services: BrokerServices;
  readonly #counters: BrokerCounters;
  readonly #held: HeldPulls<Pull>;
  #expiryTimer: Timer | undefined;
  #expiryAtMs = Number.POSITIVE_INFINITY;

  constructor(services: BrokerServices, counters: BrokerCounters) {
    this.#services = services;
    this.#counters = counters;
    this.#held = new HeldPulls(services.config.pullThreadPoolQueueCapacity);
  }

  register(server: RemotingServer): void {
    server.handle(RequestCode.PULL_MESSAGE, (context) => this.#pull(context));
    server.handle(RequestCode.LITE_PULL_MESSAGE, (context) => this.#pull(context));
    server.onChannelClose((channel) => {
      this.#held.takeOfChannel(channel.id);
    });
  }

  heldPulls(): number {
    return this.#held.count();
  }

  /** A message became readable. */
  onArrival(topic: string, queueId: number, queueMaxOffset: number, tagsCode: number): void {
    if (this.#held.count() === 0) return;
    for (const pull of this.#held.takeWoken(topic, queueId, queueMaxOffset, tagsCode))
      this.#evaluate(notHoldable(pull));
  }

  /** The broker is fenced or another's slave: whoever waits must look for the master. */
  onRole(): void {
    if (this.#services.role().kind === 'master') return;
    for (const pull of this.#held.takeAll()) {
      if (pull.header.replicaRead) this.#evaluate(notHoldable(pull));
      else pull.context.respond(notMasterResponse(this.#services.role()));
    }
  }

  stop(): void {
    this.#expiryTimer?.cancel();
    this.#held.takeAll();
  }

  #pull(context: RequestContext): void {
    const header = pullMessageRequestHeader.decode(context.request.extFields);
    const fault = queueFault(this.#services, header, 'read');
    if (fault !== undefined) {
      context.respond(fault);
      return;
    }
    const isTagFilter = header.expressionType === undefined || header.expressionType === 'TAG';
    if (!isTagFilter) {
      context.respond({
        code: ResponseCode.SYSTEM_ERROR,
        remark: `expressionType: wanted TAG, got ${header.expressionType}; this broker does not filter by properties`,
      });
      return;
    }
    const { config, runtime } = this.#services;
    const waitMs = Math.min(
      header.suspendTimeoutMillis,
      config.longPollingEnable ? holdMsMax : config.shortPollingTimeMills,
    );
    this.#evaluate({
      context,
      header,
      channelId: context.channel.id,
      topic: header.topic,
      queueId: header.queueId,
      queueOffset: header.queueOffset,
      tagsCodes:
        (header.sysFlag & PullSysFlag.SUBSCRIPTION) === 0 ? undefined : tagsCodesOf(header.subscription),
      deadlineMs: runtime.clock.monotonicMs() + waitMs,
      isHoldable: (header.sysFlag & PullSysFlag.SUSPEND) !== 0 && waitMs > 0,
    });
  }

  #evaluate(pull: Pull): void {
    const { store, config } = this.#services;
    const { header } = pull;
    const found = store.getMessages({
      topic: pull.topic,
      queueId: pull.queueId,
      queueOffset: pull.queueOffset,
      countMax: Math.max(1, Math.min(header.maxMsgNums, config.maxTransferCountOnMessageInMemory)),
      bytesMax: Math.min(
        header.maxMsgBytes ?? config.maxTransferBytesOnMessageInMemory,
        config.maxTransferBytesOnMessageInMemory,
      ),
      ...(pull.tagsCodes === undefined ? {} : { tagsCodes: pull.tagsCodes }),
    });
    void found.then(
      (result) => this.#onResult(pull, result),
      (error: unknown) =>
        pull.context.respond({
          code: ResponseCode.SYSTEM_ERROR,
          remark: `the queue cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        }),
    );
  }

  #onResult(pull: Pull, result: GetResult): void {
    if (!pull.context.channel.isOpen()) return;
    const code = pullResponseCode(result.status, pull.queueOffset);
    if (!isClaimAboutQueueEnd(code)) {
      this.#respond(pull, code, result);
      return;
    }
    if (pull.isHoldable && code === ResponseCode.PULL_NOT_FOUND) {
      // A message may have come since the store looked.
      if (this.#services.store.queueMaxOffset(pull.topic, pull.queueId) > pull.queueOffset) {
        this.#evaluate(notHoldable(pull));
        return;
      }
      if (this.#hold(pull)) return;
    }
    if (pull.header.replicaRead) this.#respond(pull, code, result);
    else this.#claimQueueEnd(pull, result);
  }

  #claimQueueEnd(pull: Pull, result: GetResult): void {
    const { store } = this.#services;
    whenTailIsKnown(this.#services, (isKnown) => {
      if (!isKnown) {
        const role = this.#services.role();
        pull.context.respond(
          role.kind === 'master'
            ? {
                code: ResponseCode.SERVICE_NOT_AVAILABLE,
                remark: 'the replicas in sync have not confirmed that this broker is still their master',
              }
            : notMasterResponse(role),
        );
        return;
      }
      // What counts is where the queue ends now, not when the store looked.
      const minOffset = store.queueMinOffset(pull.topic, pull.queueId);
      const maxOffset = store.queueMaxOffset(pull.topic, pull.queueId);
      if (maxOffset !== result.maxOffset || minOffset !== result.minOffset) this.#evaluate(notHoldable(pull));
      else this.#respond(pull, pullResponseCode(result.status, pull.queueOffset), result);
    });
  }

  #respond(pull: Pull, code: number, result: GetResult): void {
    const isFound = code === ResponseCode.SUCCESS;
    (isFound ? this.#counters.foundPulls : this.#counters.missedPulls).add(1);
    this.#counters.gotMessages.add(result.records.length);
    pull.context.respond({
      code,
      remark: result.status,
      extFields: pullMessageResponseHeader.encode({
        suggestWhichBrokerId: 0,
        nextBeginOffset: result.nextBeginOffset,
        minOffset: result.minOffset,
        maxOffset: result.maxOffset,
      }),
      ...(isFound ? { body: oneBody(result.records) } : {}),
    });
  }

  #hold(pull: Pull): boolean {
    if (!this.#held.hold(pull)) return false;
    this.#expireAt(pull.deadlineMs);
    return true;
  }

  #expireAt(deadlineMs: number): void {
    if (deadlineMs >= this.#expiryAtMs) return;
    const { clock } = this.#services.runtime;
    this.#expiryTimer?.cancel();
    this.#expiryAtMs = deadlineMs;
    this.#expiryTimer = clock.after(Math.max(0, deadlineMs - clock.monotonicMs()), () => this.#expire());
  }

  #expire(): void {
    this.#expiryAtMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#services.runtime.clock.monotonicMs();
    for (const pull of this.#held.takeExpired(nowMs)) this.#evaluate(notHoldable(pull));
    const earliestMs = this.#held.earliestDeadlineMs();
    if (earliestMs !== undefined) this.#expireAt(Math.max(earliestMs, nowMs + expiryGroupMs));
  }
}

function notHoldable(pull: Pull): Pull {
  return { ...pull, isHoldable: false };
}

function oneBody(records: readonly Uint8Array[]): Uint8Array {
  const [first] = records;
  return records.length === 1 && first !== undefined ? first : Buffer.concat(records);
}
