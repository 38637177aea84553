/** Nameservers and brokers that answer as a test tells them to, in a simulated world, for tests of the client. */
import { Buffer } from 'node:buffer';
import { SimWorld } from '../../../harness/deployment/sim/sim-world.ts';
import { SendRequestReader } from '../../remoting/header/send-message-request.ts';
import { RemotingServer, type RequestContext, type Response } from '../../remoting/remoting-server.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { Producer, type ProducerOptions } from '../producer.ts';

export const topic = 'orders';
export const brokerName = 'broker-a';

export interface StoredSend {
  readonly queueId: number;
  readonly body: string;
  readonly properties: string;
  readonly topic: string;
  readonly isBatch: boolean;
}

/** A broker: stores what it is sent and answers with `answer`. */
export class FakeBroker {
  readonly address: string;
  readonly stored: StoredSend[] = [];
  /** To the next sends; 'silent' stores and does not answer. */
  answer: Response | 'silent' = { code: ResponseCode.SUCCESS };
  readonly #offsets = new Map<number, number>();

  constructor(address: string) {
    this.address = address;
  }

  send(context: RequestContext): void {
    const header = new SendRequestReader().read(context.request);
    const isStored = this.answer === 'silent' || this.answer.code === 0 || this.answer.code === 12;
    const queueOffset = this.#offsets.get(header.queueId) ?? 0;
    if (isStored) {
      this.#offsets.set(header.queueId, queueOffset + 1);
      this.stored.push({
        queueId: header.queueId,
        body: Buffer.from(context.request.body ?? []).toString(),
        properties: header.properties,
        topic: header.topic,
        isBatch: header.batch,
      });
    }
    if (this.answer === 'silent') return;
    const extFields = {
      msgId: `id-${queueOffset}`,
      queueId: `${header.queueId}`,
      queueOffset: `${queueOffset}`,
    };
    context.respond({ ...this.answer, extFields });
  }
}

export class Scene {
  readonly world: SimWorld;
  readonly client: Runtime;
  readonly brokers = new Map<string, FakeBroker>();
  /** The master's address as each nameserver tells it; undefined: none. */
  readonly masters = new Map<string, string | undefined>();
  /** Topics that the nameservers know. */
  readonly topics = new Set([topic]);
  readonly nameservers: readonly string[] = ['c1:9876', 'c2:9876', 'c3:9876'];
  /** Questions for routes that each nameserver got. */
  readonly questions = new Map<string, number>();
  queueNums = 4;

  private constructor(seed: number) {
    this.world = new SimWorld(seed);
    this.client = this.world.host('w1').start();
  }

  /** Three nameservers, brokers n1 and n2; n1:10911 is the master. */
  static async start(seed = 1): Promise<Scene> {
    const scene = new Scene(seed);
    for (const host of ['n1', 'n2']) await scene.startBroker(host);
    for (const host of ['c1', 'c2', 'c3']) await scene.startNameserver(host);
    scene.nameMaster('n1:10911');
    return scene;
  }

  broker(address: string): FakeBroker {
    const broker = this.brokers.get(address);
    if (broker === undefined) throw new Error(`no broker at ${address}`);
    return broker;
  }

  /** All nameservers, or one host of them, name this master from now on. */
  nameMaster(address: string | undefined, host?: string): void {
    for (const name of host === undefined ? ['c1', 'c2', 'c3'] : [host]) this.masters.set(name, address);
  }

  async startBroker(host: string): Promise<RemotingServer> {
    const address = `${host}:10911`;
    const broker = this.brokers.get(address) ?? new FakeBroker(address);
    this.brokers.set(address, broker);
    const server = new RemotingServer(this.world.host(host).start(), { listen: { host, port: 10911 } });
    for (const code of [RequestCode.SEND_MESSAGE_V2, RequestCode.SEND_BATCH_MESSAGE]) {
      server.handle(code, (context) => broker.send(context));
    }
    await this.world.settle(server.start());
    return server;
  }

  async startNameserver(host: string): Promise<RemotingServer> {
    const server = new RemotingServer(this.world.host(host).start(), { listen: { host, port: 9876 } });
    server.handle(RequestCode.GET_ROUTEINFO_BY_TOPIC, (context) => {
      this.questions.set(host, (this.questions.get(host) ?? 0) + 1);
      context.respond(this.#routeAnswer(host, context.request.extFields?.['topic'] ?? ''));
    });
    await this.world.settle(server.start());
    return server;
  }

  producer(options: Partial<ProducerOptions> = {}): Producer {
    return new Producer(this.client, {
      producerGroup: 'group',
      nameservers: this.nameservers,
      retryUnknown: false,
      ...options,
    });
  }

  #routeAnswer(host: string, wanted: string): Response {
    if (!this.topics.has(wanted)) return { code: ResponseCode.TOPIC_NOT_EXIST, remark: 'no such topic' };
    const master = this.masters.get(host);
    const queues = {
      readQueueNums: this.queueNums,
      writeQueueNums: this.queueNums,
      perm: 6,
      topicSysFlag: 0,
    };
    const brokerAddrs = { ...(master === undefined ? undefined : { 0: master }), 7: 'n9:10911' };
    const route = {
      brokerDatas: [{ brokerAddrs, brokerName, cluster: 'cluster' }],
      filterServerTable: {},
      queueDatas: [{ brokerName, ...queues }],
    };
    return { code: 0, body: Buffer.from(JSON.stringify(route)) };
  }
}
