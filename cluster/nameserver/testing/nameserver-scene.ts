/** The scene of the nameserver's tests: simulated nameservers, brokers as they see them, and who asks. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { SimWorld } from '../../../harness/deployment/sim/sim-world.ts';
import { parseControllerConfig } from '../../controller/controller-config.ts';
import { RemotingClient } from '../../remoting/remoting-client.ts';
import type { RemotingCommand } from '../../remoting/remoting-command.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { NameServer } from '../nameserver.ts';
import { parseNameServerConfig } from '../nameserver-config.ts';

type Fields = Readonly<Record<string, string>>;

export class NameServerScene {
  readonly world: SimWorld;
  readonly #runtimes = new Map<string, Runtime>();
  #client: RemotingClient;

  constructor(seed: number) {
    this.world = new SimWorld(seed);
    for (const host of ['c1', 'c2', 'c3', 'n1', 'n2', 'w1']) this.world.host(host);
    this.#client = this.client('w1');
  }

  async start(values: Readonly<Record<string, string>> = {}, host = 'c1'): Promise<NameServer> {
    const properties = new Map(Object.entries(values));
    const config = parseNameServerConfig(properties);
    const controller = config.enableControllerInNamesrv ? parseControllerConfig(properties) : undefined;
    const server = new NameServer(this.#startHost(host), config, controller);
    await this.world.settle(server.start());
    return server;
  }

  /** Of the present life. */
  runtimeOf(host: string): Runtime {
    const runtime = this.#runtimes.get(host);
    assert(runtime !== undefined, `${host} was started`);
    return runtime;
  }

  client(host: string): RemotingClient {
    return new RemotingClient(this.world.host(host).start());
  }

  ask(
    code: number,
    extFields: Fields = {},
    body: unknown = undefined,
    client = this.#client,
    server = 'c1',
  ): Promise<RemotingCommand> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const bytes = body === undefined ? {} : { body: Buffer.from(text) };
    return this.world.settle(client.request(`${server}:9876`, { code, extFields, ...bytes }, 3000));
  }

  register(
    client: RemotingClient,
    change: Fields = {},
    { epoch = 1, topics = ['T1', 'T2'], server = 'c1' } = {},
  ): Promise<RemotingCommand> {
    const own = {
      ...{ brokerName: 'broker-a', brokerAddr: 'n1:10911', clusterName: 'c', brokerId: '0' },
      ...{ haServerAddr: 'n1:10912', heartbeatTimeoutMillis: '3000', enableActingMaster: 'false' },
    };
    return this.ask(
      RequestCode.REGISTER_BROKER,
      { ...own, ...change },
      registrationBody(epoch, topics),
      client,
      server,
    );
  }

  async route(topic: string, server = 'c1'): Promise<RemotingCommand> {
    return await this.ask(RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic }, undefined, this.#client, server);
  }

  async addresses(topic: string, server = 'c1'): Promise<unknown> {
    const answer = await this.route(topic, server);
    if (answer.code !== ResponseCode.SUCCESS) return answer.code;
    return (json(answer) as { brokerDatas: { brokerAddrs: unknown }[] }).brokerDatas.map(
      ({ brokerAddrs }) => brokerAddrs,
    );
  }

  #startHost(host: string): Runtime {
    const runtime = this.world.host(host).start();
    this.#runtimes.set(host, runtime);
    return runtime;
  }
}

export function registrationBody(epoch: number, topics: readonly string[]): unknown {
  const config = {
    perm: 6,
    readQueueNums: 4,
    writeQueueNums: 4,
    topicSysFlag: 0,
    topicFilterType: 'SINGLE_TAG',
  };
  const topicConfigTable = Object.fromEntries(
    topics.map((topicName) => [topicName, { ...config, topicName }]),
  );
  const dataVersion = { counter: topics.length, stateVersion: epoch, timestamp: 5 };
  return { filterServerList: [], topicConfigSerializeWrapper: { dataVersion, topicConfigTable } };
}

export function json(command: RemotingCommand): unknown {
  return JSON.parse(Buffer.from(command.body ?? []).toString('utf8'));
}

export const text = (command: RemotingCommand): string => Buffer.from(command.body ?? []).toString('utf8');
