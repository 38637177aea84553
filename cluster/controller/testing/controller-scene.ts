/** The scene of the controllers' tests: a simulated group of controllers and brokers as they see them. */
import assert from 'node:assert/strict';
import { SimWorld } from '../../../harness/deployment/sim/sim-world.ts';
import { RemotingClient } from '../../remoting/remoting-client.ts';
import type { RemotingCommand } from '../../remoting/remoting-command.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { SeededBug } from '../../runtime/seeded-bug.ts';
import { parseControllerConfig } from '../controller-config.ts';
import { ControllerServer } from '../controller-server.ts';

export const brokerName = 'broker-a';
export const clusterName = 'c';
const heartbeatIntervalMs = 150;

type Fields = Readonly<Record<string, string>>;

/** A broker as the controllers see one: a life that sends heartbeats and asks. */
export class Broker {
  readonly host: string;
  readonly brokerId: number;
  readonly incarnation: string;
  /** Roles it was told, as [masterBrokerId, masterEpoch, set, setEpoch]. */
  readonly notices: string[] = [];
  readonly state = { epoch: 0, maxOffset: 0, suspect: false };
  readonly #runtime: Runtime;
  readonly #controllers: readonly string[];
  #client: RemotingClient;

  constructor(runtime: Runtime, brokerId: number, incarnation: string, controllers: readonly string[]) {
    this.host = runtime.nodeId;
    this.brokerId = brokerId;
    this.incarnation = incarnation;
    this.#runtime = runtime;
    this.#controllers = controllers;
    this.#client = this.#connect();
    this.#heartbeatLater();
  }

  /** The connections so far stay open and unused, as after a broken link; heartbeats go over new ones. */
  reconnect(): RemotingClient {
    const old = this.#client;
    this.#client = this.#connect();
    return old;
  }

  ask(controller: string, code: number, extFields: Fields = {}, body?: unknown): Promise<RemotingCommand> {
    const bytes = body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) };
    return this.#client.request(`${controller}:9878`, { code, extFields, ...bytes }, 5000);
  }

  register(controller: string): Promise<RemotingCommand> {
    return this.ask(controller, RequestCode.CONTROLLER_REGISTER_BROKER, {
      ...{ clusterName, brokerName, brokerId: String(this.brokerId), incarnation: this.incarnation },
      ...{ brokerAddress: `${this.host}:10911`, haAddress: `${this.host}:10912`, invokeTime: '1' },
      suspect: String(this.state.suspect),
    });
  }

  elect(controller: string, change: Fields = {}): Promise<RemotingCommand> {
    const own = {
      clusterName,
      brokerName,
      brokerId: String(this.brokerId),
      designateElect: 'false',
      invokeTime: '1',
    };
    return this.ask(controller, RequestCode.CONTROLLER_ELECT_MASTER, { ...own, ...change });
  }

  alter(
    controller: string,
    syncStateSet: readonly number[],
    { masterEpoch, setEpoch, incarnations }: { masterEpoch: number; setEpoch: number; incarnations: string },
  ): Promise<RemotingCommand> {
    return this.ask(
      controller,
      RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
      { brokerName, masterBrokerId: String(this.brokerId), masterEpoch: String(masterEpoch), incarnations },
      { syncStateSet, syncStateSetEpoch: setEpoch },
    );
  }

  #connect(): RemotingClient {
    return new RemotingClient(this.#runtime, {
      onRequest: ({ request }) => {
        if (request.code !== RequestCode.NOTIFY_BROKER_ROLE_CHANGED) return;
        const { masterBrokerId, masterEpoch } = request.extFields ?? {};
        const { syncStateSet, syncStateSetEpoch } = bodyOf(request) as {
          syncStateSet: readonly number[];
          syncStateSetEpoch: number;
        };
        this.notices.push(`${masterBrokerId}@${masterEpoch} {${syncStateSet}}@${syncStateSetEpoch}`);
      },
    });
  }

  #heartbeatLater(): void {
    for (const controller of this.#controllers) {
      this.#client.oneway(`${controller}:9878`, {
        code: RequestCode.BROKER_HEARTBEAT,
        extFields: {
          ...{ clusterName, brokerName, brokerId: String(this.brokerId), brokerAddr: `${this.host}:10911` },
          ...{ epoch: String(this.state.epoch), maxOffset: String(this.state.maxOffset), confirmOffset: '0' },
          ...{ heartbeatTimeoutMills: '1500', electionPriority: '2147483647', incarnation: this.incarnation },
          ...{ haAddress: `${this.host}:10912`, suspect: String(this.state.suspect) },
        },
      });
    }
    this.#runtime.clock.after(heartbeatIntervalMs, () => this.#heartbeatLater());
  }
}

export function bodyOf(command: RemotingCommand): unknown {
  return JSON.parse(new TextDecoder().decode(command.body ?? new Uint8Array()));
}

export class Group {
  readonly world: SimWorld;
  readonly hosts: readonly string[];
  readonly servers = new Map<string, ControllerServer>();

  constructor(seed: number, size = 3, seededBugs: Iterable<SeededBug> = []) {
    this.world = new SimWorld(seed, { seededBugs });
    this.hosts = ['c1', 'c2', 'c3'].slice(0, size);
    for (const host of [...this.hosts, 'n1', 'n2', 'n3']) this.world.host(host);
  }

  /** `joinsAs`: it waits to be added under this id. */
  async start(host: string, joinsAs?: string): Promise<ControllerServer> {
    const founders = this.hosts.map((name, index) => `n${index}-${name}:9878`);
    const config = parseControllerConfig(
      new Map([
        ['controllerDLegerGroup', 'group1'],
        [
          'controllerDLegerPeers',
          [...founders, ...(joinsAs === undefined ? [] : [`${joinsAs}-${host}:9878`])].join(';'),
        ],
        ['controllerDLegerSelfId', joinsAs ?? `n${this.hosts.indexOf(host)}`],
        ['controllerJoinsGroup', String(joinsAs !== undefined)],
        ['controllerStorePath', 'controller'],
      ]),
    );
    const server = new ControllerServer(this.world.host(host).start(), config);
    this.servers.set(host, server);
    await this.world.settle(server.start());
    return server;
  }

  async startAll(): Promise<string> {
    for (const host of this.hosts) await this.start(host);
    return await this.leader();
  }

  kill(host: string): void {
    this.world.host(host).kill();
    this.servers.delete(host);
  }

  /** Lets time go on until one of `among` leads. */
  async leader(among: readonly string[] = this.hosts): Promise<string> {
    const find = () => among.find((host) => this.servers.get(host)?.isLeader() === true);
    await this.world.run(() => find() !== undefined, 20_000);
    return find() ?? '';
  }

  broker(brokerId: number, generation = 'a', host = `n${brokerId}`): Broker {
    const sim = this.world.host(host);
    if (sim.running) sim.kill();
    return new Broker(sim.start(), brokerId, `${brokerId}${generation}`, this.hosts);
  }

  /** Brokers 1, 2, 3 registered; 1 is master in epoch 1 and all are in its set. */
  async formGroup(leader: string): Promise<[Broker, Broker, Broker]> {
    const brokers: [Broker, Broker, Broker] = [this.broker(1), this.broker(2), this.broker(3)];
    for (const broker of brokers) {
      const id = String(broker.brokerId);
      const applied = await this.world.settle(
        broker.ask(leader, RequestCode.CONTROLLER_APPLY_BROKER_ID, {
          ...{
            clusterName,
            brokerName,
            appliedBrokerId: id,
            registerCheckCode: `${broker.host}:10911;${id}`,
          },
        }),
      );
      assert.equal(applied.code, ResponseCode.SUCCESS);
      assert.equal((await this.world.settle(broker.register(leader))).code, ResponseCode.SUCCESS);
    }
    const [first] = brokers;
    assert.equal((await this.world.settle(first.elect(leader))).code, ResponseCode.SUCCESS);
    await this.world.runFor(400);
    const altered = await this.world.settle(
      first.alter(leader, [1, 2, 3], { masterEpoch: 1, setEpoch: 1, incarnations: '1:1a;2:2a;3:3a' }),
    );
    assert.equal(altered.code, ResponseCode.SUCCESS, altered.remark ?? '');
    return brokers;
  }

  /** What this controller has applied, as [masterBrokerId, masterEpoch, set]. */
  roles(host: string): readonly unknown[] {
    const brokerSet = this.servers.get(host)?.brokerSet(brokerName);
    return [brokerSet?.masterBrokerId, brokerSet?.masterEpoch, [...(brokerSet?.syncStateSet ?? [])]];
  }

  masterEpoch(host: string): number {
    return this.servers.get(host)?.brokerSet(brokerName)?.masterEpoch ?? 0;
  }

  async runUntilEpoch(epoch: number, host: string, limitMs: number): Promise<void> {
    await this.world.run(() => this.masterEpoch(host) === epoch, limitMs);
  }
}

export async function formed(
  seed: number,
  seededBugs: Iterable<SeededBug> = [],
): Promise<{ group: Group; leader: string; brokers: [Broker, Broker, Broker] }> {
  const group = new Group(seed, 3, seededBugs);
  const leader = await group.startAll();
  return { group, leader, brokers: await group.formGroup(leader) };
}
