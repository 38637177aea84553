/** The run itself, in any world: start, load and faults, heal, final reads, stop. It asks the world's clock, never this machine's. */
import type { FaultEvent } from '../../checkers/history/fault.ts';
import { RemotingClient } from '../../cluster/remoting/remoting-client.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { Random } from '../../cluster/runtime/random.ts';
import type { Ability, FaultPlan, Nemesis } from '../../nemeses/nemesis.ts';
import type { Operator } from '../../nemeses/operator.ts';
import { runSchedule } from '../../nemeses/run-schedule.ts';
import type { ScheduledFault } from '../../nemeses/schedule.ts';
import { runScript } from '../../nemeses/script/run-script.ts';
import { parseScript } from '../../nemeses/script/script.ts';
import { clocksPrefix } from '../deployment/clock-means.ts';
import type { Cluster, ClusterPlan, Deployment, NodeLimits } from '../deployment/deployment.ts';
import { SimRandom } from '../deployment/sim/sim-random.ts';
import { WorldLostError } from '../deployment/world-lost-error.ts';
import type { NotRecovered } from '../record/not-recovered.ts';
import { Recorder, RunClock } from '../record/recorder.ts';
import {
  brokerName,
  clientHosts,
  clusterName,
  guarantees,
  type RunPlan,
  replayCommand,
  topicName,
} from '../record/run-plan.ts';
import { type RunRecord, recordVersion } from '../record/run-record.ts';
import { type ServerLetter, serverNames } from '../server-names.ts';
import { ClientsProgress } from '../workload/clients-progress.ts';
import { LogWorkload } from '../workload/log-workload.ts';
import type { ScriptedOperation } from '../workload/scripted-operation.ts';
import { awaitCondition, NotReadyError } from './await-condition.ts';
import { awaitRecovery, type Unrecovered } from './await-recovery.ts';
import { groupInSync, requestsAnswered, routesKnown } from './cluster-conditions.ts';
import { finalReads } from './final-reads.ts';
import { LatenessMeter } from './lateness-meter.ts';
import { type ObservedRoles, observeRoles } from './observe-roles.ts';
import { ControllerOperator } from './operator.ts';
import { programVersions } from './program-versions.ts';
import { createTopic, openLogClient, openReplicaClient } from './rocketmq-log-client.ts';
import type { RunListener } from './run-listener.ts';
import type { RunOutput } from './run-output.ts';

export interface RunWorld {
  readonly deployment: Deployment;
  readonly nemeses: ReadonlyMap<string, Nemesis>;
  readonly schedule: readonly ScheduledFault[];
  readonly listener: RunListener;
  /** Aborted by the first Ctrl-C: the load ends early, the rest goes on. */
  readonly signal: AbortSignal;
  /** The load, operation by operation, in place of what the seed draws. */
  readonly script?: readonly ScriptedOperation[];
  readonly witness?: RunWitness;
}

/** Told what a run decides on its way: enough to do the same again, part by part. */
export interface RunWitness {
  faultPlanned(fault: ScheduledFault, plan: FaultPlan): void;
  operationPlanned(operation: ScriptedOperation): void;
}

const startLimitMs = 60_000;
const finalReadsLimitMs = 60_000;
const askScriptEveryMs = 50;
/** What the steps of a script may take that wait for something, all together. */
const scriptLimitMs = 3_600_000;
/** Faults that are healed and proven to be gone, nodes that stop. */
const slackMs = 300_000;
/** Small enough that a run of a minute goes from file to file. */
const commitLogFileBytes = 4 * 1024 * 1024;

/** No run takes longer than this on its world's clock, unless it hangs. */
export function longestRunMs({ timeLimitS, recoveryTimeS, script }: RunPlan): number {
  const loadMs = timeLimitS * 1000 + (script === undefined ? 0 : scriptLimitMs);
  // Three waits at the start, three at the end.
  return 3 * startLimitMs + loadMs + recoveryTimeS * 1000 + 3 * finalReadsLimitMs + slackMs;
}

export class Run {
  readonly #plan: RunPlan;
  readonly #world: RunWorld;
  readonly #output: RunOutput;
  readonly #clock: Clock;
  readonly #brokers: readonly string[];
  readonly #controllers: readonly string[];
  readonly #phases: Record<string, number> = {};
  readonly #random: Random;
  #phaseStartMs: number;
  #phaseName = '';
  #cluster: Cluster | undefined;
  #observer: RemotingClient | undefined;
  #interrupted: string | undefined;
  #notRecovered: NotRecovered | undefined;
  #runClock: RunClock | undefined;
  #recorder: Recorder | undefined;
  readonly #joined = new Set<string>();
  #brokerIds: Readonly<Record<string, string>> = {};
  #scriptFailure: string | undefined;
  #finalFromNs: number | null = null;
  #toxiproxy = '';
  #clocks: string | undefined;
  readonly #lateness: LatenessMeter;

  constructor(plan: RunPlan, world: RunWorld, output: RunOutput) {
    this.#plan = plan;
    this.#world = world;
    this.#output = output;
    this.#clock = world.deployment.clock;
    this.#lateness = new LatenessMeter(this.#clock);
    this.#phaseStartMs = this.#clock.monotonicMs();
    this.#random = SimRandom.fromSeed(plan.seed);
    this.#brokers = serverNames('n', plan.nodes);
    this.#controllers = serverNames('c', plan.controllers);
  }

  /** Rejects where the harness itself could not do its work; what the cluster did wrong is in what the output holds. */
  async execute(): Promise<RunRecord> {
    this.#phase('starting');
    const cluster = await this.#start();
    return cluster.onLost === undefined
      ? this.#go(cluster)
      : Promise.race([this.#go(cluster), whenLost(cluster)]);
  }

  async #go(cluster: Cluster): Promise<RunRecord> {
    const runClock = new RunClock(this.#clock);
    this.#runClock = runClock;
    const recorder = new Recorder(this.#output.history, runClock);
    this.#recorder = recorder;
    const faults: FaultEvent[] = [];
    const record = (event: FaultEvent) => {
      faults.push(event);
      this.#noteJoined(cluster, event);
      this.#output.fault(event);
      this.#world.listener.fault(event);
    };
    this.#phase('load', `${this.#plan.rate}/s from ${this.#plan.concurrency} processes`);
    if (this.#isReal) this.#lateness.start();
    await this.#load(cluster, recorder, faults, record);
    this.#lateness.stop();
    this.#phase('final reads');
    await this.#finish(cluster, recorder);
    const endNs = runClock.ns();
    await recorder.close();
    this.#phase('stopping');
    await this.#roles();
    await Promise.all(this.#nodes.map((node) => cluster.stop(node)));
    await this.#output.collect(cluster, this.#nodes, runClock);
    this.#phase('');
    return this.#record(cluster, runClock, endNs);
  }

  /**
   * For worlds whose time can end before the run does: it hangs, and is judged by what there is. `why`: for people. Rejects where the load never
   * began, since then there is nothing to judge.
   */
  async abandon(why: string): Promise<RunRecord> {
    const runClock = this.#runClock;
    if (runClock === undefined) throw new Error(`the start of the cluster hangs: ${why}`);
    const endNs = runClock.ns();
    this.#notRecovered ??= this.#waits({
      wanted: 'end',
      what: `it hangs in the phase "${this.#phaseName}": ${why}`,
      nodes: this.#nodes,
    });
    await this.#recorder?.close();
    await this.#output.collect(this.cluster, this.#nodes, runClock);
    this.#phase('');
    return this.#record(this.cluster, runClock, endNs);
  }

  /** In the simulated world nothing is ever late but what its seed decides. */
  get #isReal(): boolean {
    return this.#world.deployment.name !== 'sim';
  }

  /** All that were of the cluster at some time. */
  get #nodes(): readonly string[] {
    return [...this.#presentBrokers, ...this.#controllers, ...this.#joinedOf('c')];
  }

  get #presentBrokers(): readonly string[] {
    return [...this.#brokers, ...this.#joinedOf('n')];
  }

  #joinedOf(letter: ServerLetter): readonly string[] {
    return [...this.#joined].filter((name) => name.startsWith(letter)).sort();
  }

  /** A spare host belongs to the cluster once something was proven about it: only those that were added are ever hit. */
  #noteJoined(cluster: Cluster, { phase, targets }: FaultEvent): void {
    if (phase !== 'bit') return;
    for (const { name, isSpare } of cluster.hosts)
      if (isSpare === true && targets.includes(name)) this.#joined.add(name);
  }

  /** Once it was opened. */
  get cluster(): Cluster {
    if (this.#cluster === undefined) throw new Error('the cluster was never opened');
    return this.#cluster;
  }

  async close(): Promise<void> {
    this.#observer?.stop();
    await this.#cluster?.close();
  }

  async #start(): Promise<Cluster> {
    const { deployment, listener, signal } = this.#world;
    const cluster = await deployment.open(this.#clusterPlan(), {
      workFolder: this.#output.workFolder,
      toxiproxy: this.#plan.toxiproxy,
      limits: limitsOf(this.#plan),
      needs: this.#needs(),
      observe: () => this.#roles(),
      operator: () => this.#operator(),
      log: (line) => {
        if (line.startsWith('Toxiproxy: ')) this.#toxiproxy = line.slice('Toxiproxy: '.length);
        if (line.startsWith(clocksPrefix)) this.#clocks = line.slice(clocksPrefix.length);
        listener.note(line);
      },
    });
    this.#cluster = cluster;
    const observer = new RemotingClient(cluster.observer, { connectTimeoutMs: 500 });
    this.#observer = observer;
    await Promise.all([...this.#controllers, ...this.#brokers].map((node) => cluster.start(node)));
    const patience = { clock: this.#clock, limitMs: startLimitMs, signal };
    let roles = await this.#roles();
    await awaitCondition('start of the cluster', patience, async () => {
      const [death] = cluster.unexpectedExits();
      if (death !== undefined)
        throw new Error(`${death.node} died at its start: ${death.how}; see ${cluster.printed(death.node)}`);
      roles = await this.#roles();
      return groupInSync(roles, this.#brokers);
    });
    await createTopic(cluster, topicName, this.#plan.queues, startLimitMs);
    await awaitCondition('routes at the nameservers', patience, async () => {
      roles = await this.#roles();
      return roles.master === undefined
        ? 'no broker is master'
        : routesKnown(observer, this.#controllers, topicName, roles.master);
    });
    return cluster;
  }

  /** Of the faults that will come. */
  #needs(): ReadonlySet<Ability> {
    const { nemeses, schedule } = this.#world;
    return new Set(schedule.flatMap(({ nemesis }) => nemeses.get(nemesis)?.needs ?? []));
  }

  /** One of a kind is enough, since who was added stays, and gives way to the next one. */
  #spares(): Pick<ClusterPlan, 'spareBrokers' | 'spareControllers'> {
    const { nemeses, schedule } = this.#world;
    const wanted = new Set(schedule.map(({ nemesis, variant }) => nemeses.get(nemesis)?.spareFor?.(variant)));
    return {
      ...(wanted.has('broker') ? { spareBrokers: 1 } : {}),
      ...(wanted.has('controller') ? { spareControllers: 1 } : {}),
    };
  }

  #clusterPlan(): ClusterPlan {
    const plan = this.#plan;
    return {
      brokerName,
      clusterName,
      brokers: plan.nodes,
      controllers: plan.controllers,
      ...this.#spares(),
      clients: clientHosts,
      flush: plan.flush === 'sync' ? 'SYNC_FLUSH' : 'ASYNC_FLUSH',
      minInSyncReplicas: plan.minInSyncReplicas,
      seededBugs: plan.bug === undefined ? [] : [plan.bug],
      brokerProperties: {
        linearizableRead: 'true',
        mappedFileSizeCommitLog: String(commitLogFileBytes),
        ...plan.properties?.broker,
      },
      controllerProperties: { ...plan.properties?.controller },
    };
  }

  /** Load and faults side by side, then the heal. Returns when nothing of the load is open any more. */
  async #load(
    cluster: Cluster,
    recorder: Recorder,
    faults: readonly FaultEvent[],
    record: (event: FaultEvent) => void,
  ): Promise<void> {
    const plan = this.#plan;
    const hosts = cluster.hosts.filter(({ kind }) => kind === 'client');
    const progress = new ClientsProgress();
    const clients = hosts.map((host, at) => {
      const client = openLogClient(cluster, host, topicName);
      // Where there are fewer processes than hosts the last ones have nothing to do.
      return at < plan.concurrency ? progress.watch(host.name, client) : client;
    });
    const { script, witness } = this.#world;
    const workload = new LogWorkload({
      topic: topicName,
      queues: plan.queues,
      ...(plan.mix === undefined ? {} : { mix: plan.mix }),
      concurrency: plan.concurrency,
      rate: plan.rate,
      random: this.#random.fork('workload'),
      clock: this.#clock,
      recorder,
      clients,
      ...(script === undefined ? {} : { script }),
      ...(witness === undefined ? {} : { planned: (operation) => witness.operationPlanned(operation) }),
    });
    const stop = new AbortController();
    workload.start();
    let isScriptDone = plan.script === undefined;
    const tell = (event: Omit<FaultEvent, 'time'>) => record({ time: recorder.clock.ns(), ...event });
    const faultsDone =
      plan.script === undefined
        ? runSchedule(this.#world.schedule, {
            cluster,
            nemeses: this.#world.nemeses,
            clock: this.#clock,
            random: this.#random.fork('nemeses'),
            tell,
            stop: stop.signal,
            ...(witness === undefined ? {} : { planned: (fault, plan) => witness.faultPlanned(fault, plan) }),
          })
        : runScript(parseScript(plan.script.name, plan.script.text), {
            cluster,
            clock: this.#clock,
            tell,
          }).then((failure) => {
            this.#scriptFailure = failure;
            isScriptDone = true;
          });
    // A script is over when its last step is done, whatever time that takes.
    const limitS = plan.script === undefined ? plan.timeLimitS : 0;
    await this.#whileLoading(recorder, faults, { limitS, isOver: () => isScriptDone });
    this.#phase('healing');
    // The load goes on until all is healed: recovery is part of what is judged.
    stop.abort();
    await faultsDone;
    await this.#recover(progress, workload);
    await workload.stop();
    await Promise.all(clients.map((client) => client.close()));
  }

  #whileLoading(
    recorder: Recorder,
    faults: readonly FaultEvent[],
    { limitS, isOver }: { readonly limitS: number; readonly isOver: () => boolean },
  ): Promise<void> {
    const { listener, signal } = this.#world;
    let roles: ObservedRoles | undefined;
    let asking = false;
    return new Promise((resolve) => {
      const tick = () => {
        const elapsedS = recorder.clock.ns() / 1e9;
        const over = new Set(
          faults.filter(({ phase }) => phase === 'healed' || phase === 'failed').map(({ fault }) => fault),
        );
        const activeFaults = [
          ...new Set(
            faults.filter(({ fault }) => !over.has(fault)).map(({ fault, variant }) => `${fault} ${variant}`),
          ),
        ];
        listener.progress({
          elapsedS,
          limitS,
          counts: recorder.counts,
          activeFaults,
          master: roles?.master,
          masterEpoch: roles?.masterEpoch,
          syncStateSet: roles?.syncStateSet ?? [],
          controllerLeader: roles?.controllerLeader,
        });
        if (signal.aborted) this.#interrupted ??= 'stopped by hand';
        if ((elapsedS >= limitS && isOver()) || signal.aborted) {
          resolve();
          return;
        }
        if (!asking) {
          asking = true;
          void this.#roles().then((seen) => {
            roles = seen;
            asking = false;
          });
        }
        const remainingMs = elapsedS >= limitS ? askScriptEveryMs : (limitS - elapsedS) * 1000;
        this.#clock.after(Math.min(listener.progressEveryMs, remainingMs), tick);
      };
      tick();
    });
  }

  async #recover(progress: ClientsProgress, workload: LogWorkload): Promise<void> {
    const unrecovered = await awaitRecovery({
      patience: { clock: this.#clock, limitMs: this.#plan.recoveryTimeS * 1000 },
      brokers: this.#presentBrokers,
      controllers: [...this.#controllers, ...this.#joinedOf('c')],
      roles: () => this.#roles(),
      progress,
      isLoadOver: () => workload.isOver,
    });
    if (unrecovered !== undefined) this.#notRecovered = this.#waits(unrecovered);
  }

  #waits(unrecovered: Unrecovered): NotRecovered {
    const world = this.#world.deployment.describe?.();
    const atNs = this.#runClock?.ns() ?? 0;
    return { ...unrecovered, atNs, ...(world === undefined ? {} : { world }) };
  }

  async #finish(cluster: Cluster, recorder: Recorder): Promise<void> {
    const observer = this.#observer;
    if (observer === undefined) return;
    const replicas = new Map(
      this.#presentBrokers.map((node) => [node, openReplicaClient(cluster, node, topicName)]),
    );
    const client = openLogClient(cluster, undefined, topicName);
    let wanted: NotRecovered['wanted'] = 'answers';
    try {
      await awaitCondition('unanswered requests', { clock: this.#clock, limitMs: finalReadsLimitMs }, () =>
        requestsAnswered(observer, this.#presentBrokers),
      );
      this.#finalFromNs = recorder.clock.ns();
      wanted = 'drained';
      await finalReads({
        recorder,
        clock: this.#clock,
        topic: topicName,
        queues: this.#plan.queues,
        client,
        replicas,
        limitMs: finalReadsLimitMs,
      });
    } catch (error) {
      if (!(error instanceof NotReadyError)) throw error;
      this.#notRecovered ??= this.#waits({ wanted, what: error.message, nodes: this.#presentBrokers });
    } finally {
      await Promise.all([client, ...replicas.values()].map((one) => one.close()));
    }
  }

  #record(cluster: Cluster, runClock: RunClock, endNs: number): RunRecord {
    return {
      version: recordVersion,
      plan: this.#plan,
      replay: replayCommand(this.#plan),
      guarantees: guarantees(this.#plan),
      versions: programVersions(),
      startWallMs: runClock.startWallMs,
      finalFromNs: this.#finalFromNs,
      endNs,
      brokerIds: this.#brokerIds,
      deaths: cluster.unexpectedExits().map(({ node, how }) => ({ node, how })),
      ...(this.#joined.size === 0 ? {} : { joined: [...this.#joinedOf('n'), ...this.#joinedOf('c')] }),
      phases: this.#phases,
      toxiproxy: this.#toxiproxy,
      ...(this.#isReal ? { lateness: this.#lateness.lateness } : {}),
      ...(this.#clocks === undefined ? {} : { clocks: this.#clocks }),
      ...(this.#interrupted === undefined ? {} : { interrupted: this.#interrupted }),
      ...(this.#notRecovered === undefined ? {} : { notRecovered: this.#notRecovered }),
      ...(this.#scriptFailure === undefined ? {} : { scriptFailure: this.#scriptFailure }),
    };
  }

  #operator(): Operator {
    const observer = this.#observer;
    if (observer === undefined) throw new Error('nobody observes the cluster yet');
    const group = { clusterName, brokerName, controllerHosts: this.#controllers };
    return new ControllerOperator(this.cluster.observer, observer, group);
  }

  async #roles(): Promise<ObservedRoles> {
    const observer = this.#observer;
    if (observer === undefined) throw new Error('nobody observes the cluster yet');
    const controllers = [...this.#controllers, ...this.#joinedOf('c')];
    const roles = await observeRoles(observer, controllers, brokerName);
    // Ids of brokers that are gone stay known.
    this.#brokerIds = { ...this.#brokerIds, ...roles.brokerIds };
    return roles;
  }

  /** Ends the phase before and begins the next; '' begins none. */
  #phase(name: string, detail = ''): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#phaseName !== '') this.#phases[this.#phaseName] = Math.round(nowMs - this.#phaseStartMs) / 1000;
    this.#phaseName = name;
    this.#phaseStartMs = nowMs;
    if (name !== '') this.#world.listener.phase(name, detail);
  }
}

/** Never resolves. What is under way then fails by itself, and nobody hears of it. */
function whenLost(cluster: Cluster): Promise<never> {
  return new Promise((_, reject) => {
    cluster.onLost?.((what) => reject(new WorldLostError(`the world went away under the run: ${what}`)));
  });
}

function limitsOf({ memoryMiB, cpus }: RunPlan): NodeLimits {
  return {
    ...(memoryMiB === undefined ? {} : { memoryBytes: memoryMiB * 1024 * 1024 }),
    ...(cpus === undefined ? {} : { cpus }),
  };
}
