/**
 * The broker itself: configuration (26, 25), runtime info (28), HA status (907), epochs (1007), and what clients say of themselves (34, 35).
 */
import { Buffer } from 'node:buffer';
import type { RequestContext } from '../../remoting/channel.ts';
import type { RemotingServer } from '../../remoting/remoting-server.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import type { BrokerCounters } from '../broker-counters.ts';
import type { BrokerServices } from '../broker-services.ts';

/** What the processor asks of the rest of the broker. */
export interface BrokerInsight {
  brokerId(): number | undefined;
  incarnation(): string;
  epochs(): readonly { readonly epoch: number; readonly startOffset: number }[];
  /** RocketMQ's HARuntimeInfo. */
  haStatus(): unknown;
  waitingSends(): number;
  heldPulls(): number;
  /** Properties text. */
  configText(): string;
  updateConfig(text: string): { readonly code: number; readonly remark?: string };
  unansweredRequests(): number;
  openChannels(): number;
}

export class BrokerAdminProcessor {
  readonly #services: BrokerServices;
  readonly #insight: BrokerInsight;
  readonly #counters: BrokerCounters;
  readonly #bootMs: number;

  constructor(services: BrokerServices, insight: BrokerInsight, counters: BrokerCounters) {
    this.#services = services;
    this.#insight = insight;
    this.#counters = counters;
    this.#bootMs = services.runtime.clock.wallMs();
  }

  register(server: RemotingServer): void {
    server.handle(RequestCode.GET_BROKER_CONFIG, (context) => this.#config(context));
    server.handle(RequestCode.UPDATE_BROKER_CONFIG, (context) => this.#updateConfig(context));
    server.handle(RequestCode.GET_BROKER_RUNTIME_INFO, (context) => this.#runtimeInfo(context));
    server.handle(RequestCode.GET_BROKER_HA_STATUS, (context) =>
      respondJson(context, this.#insight.haStatus()),
    );
    server.handle(RequestCode.GET_BROKER_EPOCH_CACHE, (context) => this.#epochs(context));
    // Clients of the pull and producer kind say that they live; nothing is kept of it yet.
    server.handle(RequestCode.HEART_BEAT, (context) => context.respond({ code: ResponseCode.SUCCESS }));
    server.handle(RequestCode.UNREGISTER_CLIENT, (context) =>
      context.respond({ code: ResponseCode.SUCCESS }),
    );
  }

  #config(context: RequestContext): void {
    context.respond({
      code: ResponseCode.SUCCESS,
      extFields: { version: JSON.stringify(this.#services.topics.dataVersion()) },
      body: Buffer.from(this.#insight.configText(), 'utf8'),
    });
  }

  #updateConfig(context: RequestContext): void {
    const { body } = context.request;
    const text =
      body === null ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
    context.respond(this.#insight.updateConfig(text));
  }

  #epochs(context: RequestContext): void {
    const { config, store } = this.#services;
    const epochs = this.#insight.epochs();
    const maxOffset = store.maxOffset();
    respondJson(context, {
      brokerId: this.#insight.brokerId() ?? -1,
      brokerName: config.brokerName,
      clusterName: config.brokerClusterName,
      epochList: epochs.map(({ epoch, startOffset }, index) => ({
        endOffset: epochs[index + 1]?.startOffset ?? maxOffset,
        epoch,
        startOffset,
      })),
      maxOffset,
      confirmOffset: store.confirmOffset(),
    });
  }

  #runtimeInfo(context: RequestContext): void {
    const { runtime, store, config } = this.#services;
    const role = this.#services.role();
    const nowMs = runtime.clock.monotonicMs();
    const { putMessages, putBytes, gotMessages, foundPulls, missedPulls } = this.#counters;
    const total = putMessages.total();
    const table: Record<string, string | number | boolean> = {
      brokerVersionDesc: 'V5_3_3',
      brokerVersion: 479,
      brokerActive: role.kind !== 'fenced',
      brokerRole: role.kind === 'master' ? 'SYNC_MASTER' : role.kind === 'slave' ? 'SLAVE' : 'FENCED',
      brokerControllerId: this.#insight.brokerId() ?? -1,
      masterEpoch: role.kind === 'fenced' ? 0 : role.masterEpoch,
      incarnation: this.#insight.incarnation(),
      bootTimestamp: this.#bootMs,
      runtime: `[ ${Math.floor((runtime.clock.wallMs() - this.#bootMs) / 1000)} seconds ]`,
      commitLogMinOffset: store.minOffset(),
      commitLogMaxOffset: store.maxOffset(),
      confirmOffset: store.confirmOffset(),
      durableOffset: store.durableOffset(),
      dispatchBehindBytes: Math.max(0, store.maxOffset() - store.confirmOffset()),
      remainHowManyDataToFlush: `${Math.max(0, store.maxOffset() - store.durableOffset())} B`,
      storeState: store.state().kind,
      putTps: putMessages.text(nowMs),
      getFoundTps: foundPulls.text(nowMs),
      getMissTps: missedPulls.text(nowMs),
      getTransferredTps: gotMessages.text(nowMs),
      putMessageTimesTotal: total,
      putMessageSizeTotal: putBytes.total(),
      putMessageAverageSize: total === 0 ? 0 : putBytes.total() / total,
      msgPutTotalTodayNow: total,
      msgGetTotalTodayNow: gotMessages.total(),
      earliestMessageTimeStamp: -1,
      commitLogDiskRatio: 0,
      consumeQueueDiskRatio: 0,
      sendThreadPoolQueueSize: this.#insight.waitingSends(),
      sendThreadPoolQueueCapacity: config.sendThreadPoolQueueCapacity,
      sendThreadPoolQueueHeadWaitTimeMills: 0,
      pullThreadPoolQueueSize: this.#insight.heldPulls(),
      pullThreadPoolQueueCapacity: config.pullThreadPoolQueueCapacity,
      pullThreadPoolQueueHeadWaitTimeMills: 0,
      pageCacheLockTimeMills: 0,
      // This very request is one of them.
      unansweredRequests: this.#insight.unansweredRequests() - 1,
      openChannels: this.#insight.openChannels(),
    };
    respondJson(context, {
      table: Object.fromEntries(Object.entries(table).map(([key, value]) => [key, String(value)])),
    });
  }
}

function respondJson(context: RequestContext, value: unknown): void {
  context.respond({ code: ResponseCode.SUCCESS, body: Buffer.from(JSON.stringify(value), 'utf8') });
}
