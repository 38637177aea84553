import { deepEqual, equal } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { Channel, RequestContext, Response } from '../remoting/channel.ts';
import { RemotingClient } from '../remoting/remoting-client.ts';
import { RemotingServer } from '../remoting/remoting-server.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { BrokerIdentityFiles } from './broker-identity.ts';
import { ControllerClient } from './controller-client.ts';
import { Incarnation } from './incarnation.ts';
import type { BrokerRole } from './replicas-decision.ts';
import { ReplicasManager } from './replicas-manager.ts';

interface View {
  masterBrokerId?: number;
  masterEpoch: number;
  syncStateSet: number[];
  syncStateSetEpoch: number;
}

/** A controller that says what the test wants, and an HA service that fails when the test wants it to. */
class Stage {
  readonly world = new SimWorld(1);
  readonly roles: BrokerRole[] = [];
  readonly calls: string[] = [];
  readonly heartbeats: Readonly<Record<string, string>>[] = [];
  readonly requests: { code: number; fields: Readonly<Record<string, string>> }[] = [];
  view: View = { masterEpoch: 0, syncStateSet: [], syncStateSetEpoch: 0 };
  roleEpoch = 0;
  isSuspect = false;
  failNext: Error | undefined;
  answers = new Map<number, Response>();
  channel: Channel | undefined;
  manager: ReplicasManager | undefined;

  async start(): Promise<ReplicasManager> {
    const { world } = this;
    world.host('n1');
    const server = new RemotingServer(world.host('c1').start(), { listen: { host: 'c1', port: 9878 } });
    this.#serve(server);
    await world.settle(server.start());
    const runtime = world.host('n1').start();
    await world.settle(runtime.disk.makeDirectory('/store'));
    const broker = {
      clusterName: 'c',
      brokerName: 'b',
      brokerAddress: 'n1:10911',
      haAddress: 'n1:10912',
    };
    const client = new RemotingClient(runtime, {
      onRequest: ({ request }) => this.manager?.onRoleNotice(request),
    });
    const controllers = new ControllerClient(runtime, client, {
      addresses: ['c1:9878', 'c9:9878'],
      probePeriodMs: 500,
    });
    controllers.start();
    this.manager = new ReplicasManager(runtime, {
      broker,
      incarnation: new Incarnation(runtime.random),
      controllers,
      identities: new BrokerIdentityFiles(runtime, '/store/brokerIdentity', broker),
      ha: this.#ha(),
      store: {
        maxOffset: () => 100,
        confirmOffset: () => 90,
        setRole: (role, stateVersion) => this.calls.push(`store ${role} ${stateVersion}`),
      },
      heartbeatIntervalMs: 150,
      heartbeatTimeoutMs: 1500,
      pollIntervalMs: 500,
      electionPriority: 7,
      onRole: (role) => this.roles.push(role),
    });
    await world.settle(this.manager.start());
    return this.manager;
  }

  push(): void {
    const { masterBrokerId, masterEpoch, syncStateSetEpoch } = this.view;
    this.channel?.oneway({
      code: RequestCode.NOTIFY_BROKER_ROLE_CHANGED,
      extFields: this.#fields({ masterBrokerId, masterEpoch, syncStateSetEpoch }),
      body: this.#body(),
    });
  }

  #ha() {
    const change = async (what: string, masterEpoch: number) => {
      this.calls.push(what);
      const failure = this.failNext;
      this.failNext = undefined;
      if (failure !== undefined) throw failure;
      this.roleEpoch = masterEpoch;
    };
    return {
      roleEpoch: () => this.roleEpoch,
      suspect: () => this.isSuspect,
      epochs: () => [{ epoch: 3, startOffset: 0 }],
      changeToMaster: (role: { masterEpoch: number; syncStateSet: ReadonlySet<number> }) =>
        change(`master ${role.masterEpoch} {${[...role.syncStateSet].join(',')}}`, role.masterEpoch),
      changeToSlave: (role: { masterEpoch: number; masterHaAddress: string }) =>
        change(`slave ${role.masterEpoch} of ${role.masterHaAddress}`, role.masterEpoch),
      applySyncStateSet: (_epoch: number, set: ReadonlySet<number>, setEpoch: number) => {
        this.calls.push(`set {${[...set].join(',')}} ${setEpoch}`);
      },
    };
  }

  #serve(server: RemotingServer): void {
    const serve = (code: number, answer: (context: RequestContext) => Response): void => {
      server.handle(code, (context) => {
        this.requests.push({ code, fields: context.request.extFields ?? {} });
        context.respond(this.answers.get(code) ?? answer(context));
      });
    };
    serve(RequestCode.CONTROLLER_GET_METADATA_INFO, () => ({ code: 0, extFields: { isLeader: 'true' } }));
    serve(RequestCode.CONTROLLER_GET_NEXT_BROKER_ID, () => ({ code: 0, extFields: { nextBrokerId: '1' } }));
    serve(RequestCode.CONTROLLER_APPLY_BROKER_ID, () => ({ code: 0 }));
    serve(RequestCode.CONTROLLER_REGISTER_BROKER, () => this.#viewResponse());
    serve(RequestCode.CONTROLLER_GET_REPLICA_INFO, () => this.#viewResponse());
    serve(RequestCode.CONTROLLER_ELECT_MASTER, () => {
      this.view = { masterBrokerId: 1, masterEpoch: 1, syncStateSet: [1], syncStateSetEpoch: 1 };
      return this.#viewResponse();
    });
    serve(RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET, () => ({
      code: 0,
      body: Buffer.from('{"syncStateSet":[1,2],"syncStateSetEpoch":2}'),
    }));
    server.handle(RequestCode.BROKER_HEARTBEAT, ({ request, channel }) => {
      this.channel = channel;
      this.heartbeats.push(request.extFields ?? {});
    });
  }

  #viewResponse(): Response {
    return { code: 0, extFields: this.#fields(this.view), body: this.#body() };
  }

  #body(): Uint8Array {
    const { syncStateSet, syncStateSetEpoch } = this.view;
    return Buffer.from(JSON.stringify({ syncStateSet, syncStateSetEpoch }));
  }

  #fields(view: { masterBrokerId?: number | undefined; masterEpoch: number; syncStateSetEpoch: number }) {
    const { masterBrokerId, masterEpoch, syncStateSetEpoch } = view;
    return {
      masterEpoch: String(masterEpoch),
      syncStateSetEpoch: String(syncStateSetEpoch),
      ...(masterBrokerId === undefined
        ? {}
        : {
            masterBrokerId: String(masterBrokerId),
            masterAddress: `n${masterBrokerId}:10911`,
            masterHaAddress: `n${masterBrokerId}:10912`,
          }),
    };
  }
}

describe('a replicas manager', () => {
  it('claims an id, registers, and asks for the first election', async () => {
    const stage = new Stage();
    const manager = await stage.start();
    await stage.world.run(() => manager.role().kind === 'master', 5000);
    equal(manager.brokerId(), 1);
    deepEqual(stage.calls, ['master 1 {1}', 'store master 1']);
    const heartbeat = stage.heartbeats.at(-1) ?? {};
    deepEqual(
      [
        heartbeat['epoch'],
        heartbeat['maxOffset'],
        heartbeat['confirmOffset'],
        heartbeat['heartbeatTimeoutMills'],
      ],
      ['3', '100', '90', '1500'],
    );
    equal(heartbeat['electionPriority'], '7');
  });

  it('passes on the whole SyncStateSet it was elected with (B08)', async () => {
    const stage = new Stage();
    stage.view = { masterBrokerId: 1, masterEpoch: 4, syncStateSet: [1, 2, 3], syncStateSetEpoch: 9 };
    const manager = await stage.start();
    await stage.world.run(() => manager.role().kind === 'master', 5000);
    equal(stage.calls[0], 'master 4 {1,2,3}');
  });

  it('tries a failed change again, fenced in between', async () => {
    const stage = new Stage();
    stage.view = { masterBrokerId: 1, masterEpoch: 4, syncStateSet: [1], syncStateSetEpoch: 9 };
    stage.failNext = new Error('the disk is full');
    const manager = await stage.start();
    await stage.world.run(() => stage.calls.length === 1, 5000);
    equal(manager.role().kind, 'fenced');
    await stage.world.run(() => manager.role().kind === 'master', 5000);
    deepEqual(stage.calls, ['master 4 {1}', 'master 4 {1}', 'store master 4']);
    deepEqual(
      stage.roles.map((role) => role.kind),
      ['fenced', 'fenced', 'master'],
    );
  });

  it('is fenced before anything of a change happens', async () => {
    const stage = new Stage();
    stage.view = { masterBrokerId: 1, masterEpoch: 4, syncStateSet: [1], syncStateSetEpoch: 9 };
    const manager = await stage.start();
    await stage.world.run(() => manager.role().kind === 'master', 5000);
    stage.view = { masterBrokerId: 2, masterEpoch: 5, syncStateSet: [2], syncStateSetEpoch: 10 };
    stage.push();
    await stage.world.run(() => manager.role().kind === 'slave', 5000);
    deepEqual(
      stage.roles.map((role) => role.kind),
      ['fenced', 'master', 'fenced', 'slave'],
    );
    deepEqual(stage.calls.slice(2), ['store slave 5', 'slave 5 of n2:10912']);
  });

  it('takes a new SyncStateSet without a change of role', async () => {
    const stage = new Stage();
    stage.view = { masterBrokerId: 1, masterEpoch: 4, syncStateSet: [1], syncStateSetEpoch: 9 };
    const manager = await stage.start();
    await stage.world.run(() => manager.role().kind === 'master', 5000);
    stage.view = { masterBrokerId: 1, masterEpoch: 4, syncStateSet: [1, 2], syncStateSetEpoch: 10 };
    stage.push();
    await stage.world.run(() => stage.calls.length === 3, 5000);
    equal(stage.calls[2], 'set {1,2} 10');
    await stage.world.runFor(300);
    equal(stage.heartbeats.at(-1)?.['syncStateSetEpoch'], '10');
  });

  it('is fenced at once when a replica follows a newer epoch, and waits for that epoch', async () => {
    const stage = new Stage();
    stage.view = { masterBrokerId: 1, masterEpoch: 4, syncStateSet: [1], syncStateSetEpoch: 9 };
    const manager = await stage.start();
    await stage.world.run(() => manager.role().kind === 'master', 5000);
    manager.deposed(6);
    equal(manager.role().kind, 'fenced');
    await stage.world.runFor(2000);
    equal(manager.role().kind, 'fenced');
    stage.view = { masterBrokerId: 2, masterEpoch: 6, syncStateSet: [2], syncStateSetEpoch: 11 };
    await stage.world.run(() => manager.role().kind === 'slave', 5000);
  });

  it('registers as another life when the controller means an earlier one', async () => {
    const stage = new Stage();
    stage.roleEpoch = 4;
    stage.view = { masterBrokerId: 1, masterEpoch: 4, syncStateSet: [1], syncStateSetEpoch: 9 };
    await stage.start();
    const registrations = () =>
      stage.requests
        .filter((request) => request.code === RequestCode.CONTROLLER_REGISTER_BROKER)
        .map((request) => request.fields['incarnation']);
    await stage.world.run(() => registrations().length >= 2, 5000);
    const lives = registrations();
    equal(new Set(lives).size, lives.length);
    deepEqual(stage.calls, []);
  });

  it('calls itself suspect until a master has taken it in', async () => {
    const stage = new Stage();
    stage.isSuspect = true;
    stage.view = { masterBrokerId: 2, masterEpoch: 4, syncStateSet: [2], syncStateSetEpoch: 9 };
    const manager = await stage.start();
    await stage.world.run(() => manager.role().kind === 'slave', 5000);
    await stage.world.runFor(200);
    equal(stage.heartbeats.at(-1)?.['suspect'], 'true');
    stage.view = { masterBrokerId: 2, masterEpoch: 4, syncStateSet: [1, 2], syncStateSetEpoch: 10 };
    await stage.world.runFor(1000);
    equal(stage.heartbeats.at(-1)?.['suspect'], 'false');
  });

  it('carries proposals with the lives of all members, and tells what became of them', async () => {
    const stage = new Stage();
    stage.view = { masterBrokerId: 1, masterEpoch: 4, syncStateSet: [1], syncStateSetEpoch: 1 };
    const manager = await stage.start();
    await stage.world.run(() => manager.role().kind === 'master', 5000);
    const proposal = {
      masterEpoch: 4,
      syncStateSetEpoch: 1,
      syncStateSet: new Set([2, 1]),
      incarnations: new Map([[2, 'other.0']]),
    };
    deepEqual(await stage.world.settle(manager.proposeSyncStateSet(proposal)), {
      kind: 'adopted',
      syncStateSet: new Set([1, 2]),
      syncStateSetEpoch: 2,
    });
    const sent = stage.requests.find(({ code }) => code === RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET);
    equal(/^1:[0-9a-f]{16}\.0;2:other\.0$/.test(sent?.fields['incarnations'] ?? ''), true);
    for (const [code, outcome] of [
      [2001, 'rejected'],
      [1, 'unknown'],
      [0, 'unknown'],
    ] as const) {
      stage.answers.set(RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET, { code });
      equal((await stage.world.settle(manager.proposeSyncStateSet(proposal))).kind, outcome);
    }
    stage.world.cut('c1', 'n1', 'drop');
    equal((await stage.world.settle(manager.proposeSyncStateSet(proposal))).kind, 'unknown');
  });

  it('takes an id up again that the controller forgot', async () => {
    const stage = new Stage();
    stage.view = { masterBrokerId: 2, masterEpoch: 4, syncStateSet: [2], syncStateSetEpoch: 9 };
    const manager = await stage.start();
    await stage.world.run(() => manager.role().kind === 'slave', 5000);
    stage.answers.set(RequestCode.CONTROLLER_GET_REPLICA_INFO, { code: 2008 });
    stage.answers.set(RequestCode.CONTROLLER_REGISTER_BROKER, { code: 2010 });
    const before = stage.requests.length;
    const claims = () =>
      stage.requests.slice(before).filter(({ code }) => code === RequestCode.CONTROLLER_APPLY_BROKER_ID);
    await stage.world.run(() => claims().length > 0, 5000);
    equal(claims()[0]?.fields['appliedBrokerId'], '1');
    equal(manager.brokerId(), 1);
  });

  it('asks for another id when the one it was told is taken', async () => {
    const stage = new Stage();
    stage.answers.set(RequestCode.CONTROLLER_APPLY_BROKER_ID, { code: 2014 });
    const manager = await stage.start();
    await stage.world.runFor(1000);
    equal(manager.brokerId(), undefined);
    stage.answers.delete(RequestCode.CONTROLLER_APPLY_BROKER_ID);
    await stage.world.run(() => manager.role().kind === 'master', 5000);
  });
});
