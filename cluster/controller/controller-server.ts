/** One controller: serves brokers, tools and its Raft peers on one port. */
import { DLedgerServer } from '../dledger/dledger-server.ts';
import type { RequestContext, Response } from '../remoting/channel.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RemotingServer } from '../remoting/remoting-server.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { HostPort } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BrokerSet } from './broker-set.ts';
import { type ControllerCommand, decodeCommand, type Liveness } from './controller-command.ts';
import { type ControllerConfig, controllerConfigKeys, controllerLiveKeys } from './controller-config.ts';
import { errorResponse } from './controller-error.ts';
import { type ControllerPeers, changePeer, changePeerCodes, controllerPeers } from './controller-peers.ts';
import { brokerIdToApplyFor, metadata, replicaInfo, syncStateData } from './controller-read.ts';
import {
  readAlterSyncStateSet,
  readApplyBrokerId,
  readCleanBrokerData,
  readElectMaster,
  readHeartbeat,
  readRegisterBroker,
  textOf,
} from './controller-request.ts';
import { resultResponse } from './controller-response.ts';
import { DecisionLog } from './decision-log.ts';
import { candidatesFor } from './election-candidates.ts';
import { ElectionWatch } from './election-watch.ts';
import type { Heartbeat, Life } from './heartbeat-table.ts';
import { LiveConfig } from './live-config.ts';
import { livenessOf } from './liveness.ts';
import { LivenessWatch } from './liveness-watch.ts';
import { RaftTransport } from './raft-transport.ts';
import { type ControllerResult, ReplicasInfo } from './replicas-info.ts';
import { RoleNotifier } from './role-notifier.ts';

const noLives: Liveness = { alive: [], masterDownEpoch: null, isUncleanElectionEnabled: false };

export class ControllerServer {
  readonly #runtime: Runtime;
  readonly #config: LiveConfig<ControllerConfig>;
  readonly #server: RemotingServer;
  readonly #transport: RaftTransport;
  readonly #dledger: DLedgerServer;
  readonly #replicasInfo = new ReplicasInfo();
  readonly #decisions: DecisionLog;
  readonly #watch: LivenessWatch;
  readonly #elections: ElectionWatch;
  readonly #notifier: RoleNotifier;
  /** Broker sets whose members are to be told at the end of this turn. */
  readonly #toNotify = new Set<string>();

  constructor(runtime: Runtime, config: ControllerConfig) {
    this.#runtime = runtime;
    this.#config = new LiveConfig(controllerConfigKeys, controllerLiveKeys, config);
    const { controllerDLegerGroup: group, controllerDLegerSelfId: selfId, peers } = config;
    this.#server = new RemotingServer(runtime, { listen: config.listen });
    this.#transport = new RaftTransport(runtime, this.#server, { group, selfId, peers });
    this.#dledger = new DLedgerServer(
      runtime,
      {
        ...{
          group,
          selfId,
          peers,
          joins: config.controllerJoinsGroup,
          storePath: config.controllerStorePath,
        },
        heartbeatIntervalMs: config.controllerHeartbeatIntervalMs,
        electionTimeoutMs: config.controllerElectionTimeoutMs,
      },
      this.#transport,
      { apply: ({ index, body }) => this.#apply(index, body) },
    );
    this.#decisions = new DecisionLog(this.#dledger, this.#replicasInfo, selfId);
    this.#watch = new LivenessWatch(runtime, {
      scanIntervalMs: () => this.#config.current.scanNotActiveBrokerInterval,
      registeredIncarnation: (brokerName, brokerId) =>
        this.#replicasInfo.brokerSet(brokerName)?.replicas.get(brokerId)?.incarnation,
      onAlive: ({ brokerName }) => this.#checkElection(brokerName, 'a look'),
      onDead: (life) => this.#lifeEnded(life),
      onScan: () => this.#checkElections(),
    });
    this.#notifier = new RoleNotifier(this.#watch.table);
    this.#elections = new ElectionWatch(runtime, {
      livenessOf: (brokerSet) => this.#liveness(brokerSet),
      propose: (command) => this.#proposeOwn(command),
    });
    this.#dledger.onLeadership((isLeader) => this.#leadershipChanged(isLeader));
    this.#server.onChannelClose((channel) => this.#watch.closed(channel));
    this.#serve();
  }

  /** Resolves with the address in use. A majority of the peers is not waited for. */
  async start(): Promise<HostPort> {
    await this.#dledger.start();
    try {
      const address = await this.#server.start();
      this.#watch.start();
      return address;
    } catch (error) {
      await this.#dledger.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#watch.stop();
    await this.#server.stop();
    await this.#dledger.stop();
    this.#transport.stop();
  }

  /** Elected, and all that was decided before is applied. */
  isLeader(): boolean {
    return this.#dledger.isLeader();
  }

  leaderId(): string | undefined {
    return this.#dledger.leaderId();
  }

  /** What this controller has applied so far; may be behind the leader. */
  brokerSet(brokerName: string): BrokerSet | undefined {
    return this.#replicasInfo.brokerSet(brokerName);
  }

  #serve(): void {
    this.#decide(RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET, readAlterSyncStateSet);
    this.#decide(RequestCode.CONTROLLER_ELECT_MASTER, readElectMaster);
    this.#decide(RequestCode.CONTROLLER_REGISTER_BROKER, readRegisterBroker);
    this.#decide(RequestCode.CONTROLLER_APPLY_BROKER_ID, readApplyBrokerId);
    this.#decide(RequestCode.CLEAN_BROKER_DATA, readCleanBrokerData);
    this.#read(RequestCode.CONTROLLER_GET_REPLICA_INFO, (request) =>
      replicaInfo(this.#replicasInfo, request),
    );
    this.#read(RequestCode.CONTROLLER_GET_NEXT_BROKER_ID, (request) =>
      brokerIdToApplyFor(this.#replicasInfo, request),
    );
    this.#read(RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, (request) =>
      syncStateData(this.#replicasInfo, this.#watch.table, request),
    );
    // Any controller answers, from what it knows.
    this.#answer(RequestCode.CONTROLLER_GET_METADATA_INFO, () =>
      metadata(this.#config.current, this.#peers(), this.leaderId(), this.isLeader()),
    );
    this.#answer(RequestCode.GET_CONTROLLER_CONFIG, () => ({
      code: ResponseCode.SUCCESS,
      body: new TextEncoder().encode(this.#config.text()),
    }));
    this.#answer(RequestCode.UPDATE_CONTROLLER_CONFIG, ({ body }) =>
      this.#config.update(textOf(body), this.#config.current.configBlackList),
    );
    for (const [code, kind] of Object.entries(changePeerCodes))
      this.#answer(Number(code), (request) => changePeer(this.#dledger, kind, request));
    this.#server.handle(RequestCode.BROKER_HEARTBEAT, (context) => this.#heartbeat(context));
  }

  /** A request that goes through the log. Handlers run in the order of arrival, and so do their proposals. */
  #decide<C extends ControllerCommand>(
    code: number,
    read: (request: RemotingCommand) => Omit<C, 'liveness'> & { brokerName: string },
  ): void {
    this.#answer(code, async (request) => {
      const undecided = read(request);
      const brokerSet = this.#replicasInfo.brokerSet(undecided.brokerName);
      const liveness = brokerSet === undefined ? noLives : this.#liveness(brokerSet);
      const command = { ...undecided, liveness } as unknown as ControllerCommand;
      return resultResponse(command, await this.#decisions.decide(command));
    });
  }

  /** A request that is answered from this controller's state, once that is known to be the newest. */
  #read(code: number, answer: (request: RemotingCommand) => Response): void {
    this.#answer(code, async (request) => {
      await this.#decisions.readBarrier();
      return answer(request);
    });
  }

  #answer(code: number, answer: (request: RemotingCommand) => Response | Promise<Response>): void {
    this.#server.handle(code, async (context) => {
      let response: Response;
      try {
        response = await answer(context.request);
      } catch (error) {
        response = errorResponse(error, this.#peers().voters);
      }
      context.respond(response);
    });
  }

  #peers(): ControllerPeers {
    return controllerPeers(this.#dledger, this.#config.current.peers);
  }

  async #proposeOwn(command: ControllerCommand): Promise<void> {
    try {
      const { code, remark } = await this.#decisions.decide(command);
      if (code !== ResponseCode.SUCCESS) this.#runtime.trace.log('warn', `election: ${remark ?? code}`);
    } catch (error) {
      // The next look at the table asks again, here or on the next leader.
      this.#runtime.trace.log('warn', `election: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** The state machine. What it tells the world follows from the new state alone, so a replay tells nothing old. */
  #apply(index: number, body: Uint8Array): ControllerResult {
    const command = decodeCommand(body);
    const result = this.#replicasInfo.apply(command);
    for (const { event } of result.events) {
      if (event === 'elect-master' || event === 'alter-sync-state-set' || event === 'clean-broker-data') {
        this.#notifyLater(result.brokerName);
        // A follower may be the first to know, and to tell the brokers; but what was on disk already is no news, nor what a newcomer learns.
        const isNews = index > this.#dledger.recoveredIndex() && this.#dledger.votes();
        if (isNews && (this.isLeader() || event === 'elect-master'))
          this.#traceDecision(event, result, command);
      }
    }
    if (result.events.length > 0) this.#checkElection(result.brokerName, 'a look');
    return result;
  }

  #traceDecision(event: string, result: ControllerResult, command: ControllerCommand): void {
    const { after: brokerSet } = result;
    if (brokerSet === undefined) return;
    const { brokerName, masterBrokerId, masterEpoch, syncStateSet, syncStateSetEpoch } = brokerSet;
    const set = [...syncStateSet];
    if (event === 'elect-master') {
      this.#runtime.trace.emit('elected', {
        brokerName,
        masterBrokerId: masterBrokerId ?? null,
        masterEpoch,
        set,
        candidates: candidatesFor(result, command),
      });
    } else {
      this.#runtime.trace.emit('sync-state-set', {
        brokerName,
        masterEpoch,
        set,
        setEpoch: syncStateSetEpoch,
      });
    }
  }

  /** Every controller tells whom it hears: a broker that is cut off from the leader alone learns it all the same. */
  #notifyLater(brokerName: string): void {
    if (!this.#config.current.notifyBrokerRoleChanged) return;
    this.#toNotify.add(brokerName);
    if (this.#toNotify.size > 1) return;
    this.#runtime.clock.soon(() => {
      for (const name of this.#toNotify) {
        const brokerSet = this.#replicasInfo.brokerSet(name);
        if (brokerSet !== undefined) this.#notifier.notifyAll(brokerSet);
      }
      this.#toNotify.clear();
    });
  }

  #heartbeat(context: RequestContext): void {
    const heartbeat = readHeartbeat(context.request);
    if (heartbeat === undefined) {
      const remark = 'Heart beat with empty brokerId';
      context.respond({ code: ResponseCode.CONTROLLER_INVALID_REQUEST, remark });
      return;
    }
    this.#watch.heard(heartbeat, context.channel);
    this.#remind(heartbeat);
    context.respond({ code: ResponseCode.SUCCESS, remark: 'Heart beat success' });
  }

  #remind(heartbeat: Heartbeat): void {
    const brokerSet = this.#replicasInfo.brokerSet(heartbeat.brokerName);
    if (brokerSet === undefined || !this.#config.current.notifyBrokerRoleChanged) return;
    if (brokerSet.replicas.get(heartbeat.brokerId)?.incarnation !== heartbeat.incarnation) return;
    this.#notifier.remind(brokerSet, heartbeat, this.#watch.nowMs());
  }

  #lifeEnded({ heartbeat, death }: Life): void {
    const { brokerName, brokerId, incarnation } = heartbeat;
    const replica = this.#replicasInfo.brokerSet(brokerName)?.replicas.get(brokerId);
    if (replica?.incarnation !== incarnation) return;
    if (this.isLeader()) {
      this.#runtime.trace.emit('broker-inactive', { brokerName, brokerId, reason: death?.reason ?? null });
    }
    this.#checkElection(brokerName, 'a life ended');
  }

  #checkElections(): void {
    if (!this.isLeader()) return;
    for (const brokerSet of this.#replicasInfo.brokerSets()) this.#elections.check(brokerSet, 'a look');
  }

  #checkElection(brokerName: string, cause: 'a life ended' | 'a look'): void {
    const brokerSet = this.#replicasInfo.brokerSet(brokerName);
    if (brokerSet !== undefined && this.isLeader()) this.#elections.check(brokerSet, cause);
  }

  #leadershipChanged(isLeader: boolean): void {
    if (!isLeader) return;
    this.#watch.startFresh();
    this.#checkElections();
  }

  #liveness(brokerSet: BrokerSet): Liveness {
    const { enableElectUncleanMaster } = this.#config.current;
    const { table } = this.#watch;
    const liveness = livenessOf(brokerSet, table, this.#watch.nowMs(), enableElectUncleanMaster);
    const isWrapped = this.#runtime.seededBugs.has('compare-offsets-modulo');
    return isWrapped ? { ...liveness, offsetModulus: 1024 } : liveness;
  }
}
