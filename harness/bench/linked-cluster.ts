/** A cluster as the harness makes it by default: three and three, every link through Toxiproxy, SYNC_FLUSH. */
import { RemotingClient } from '../../cluster/remoting/remoting-client.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { clusterHosts } from '../deployment/cluster-hosts.ts';
import type { Cluster, ClusterPlan } from '../deployment/deployment.ts';
import { ProcessDeployment } from '../deployment/process/process-deployment.ts';
import { awaitCondition } from '../runner/await-condition.ts';
import { groupInSync, routesKnown } from '../runner/cluster-conditions.ts';
import { type ObservedRoles, observeRoles } from '../runner/observe-roles.ts';
import { createTopic } from '../runner/rocketmq-log-client.ts';
import { benchBrokerName, benchClusterName, benchQueues, benchTopic } from './bench-names.ts';

const limitMs = 60_000;

const plan: ClusterPlan = {
  brokerName: benchBrokerName,
  clusterName: benchClusterName,
  brokers: 3,
  controllers: 3,
  clients: 1,
  flush: 'SYNC_FLUSH',
  minInSyncReplicas: 2,
  seededBugs: [],
  brokerProperties: { linearizableRead: 'true' },
  controllerProperties: {},
};

export class LinkedCluster {
  readonly cluster: Cluster;
  readonly brokers: readonly string[];
  readonly controllers: readonly string[];
  readonly #client: RemotingClient;

  private constructor(cluster: Cluster, client: RemotingClient) {
    const hosts = clusterHosts(plan);
    this.cluster = cluster;
    this.brokers = hosts.filter(({ kind }) => kind === 'broker').map(({ name }) => name);
    this.controllers = hosts.filter(({ kind }) => kind === 'controller').map(({ name }) => name);
    this.#client = client;
  }

  /** Resolves when all brokers are in sync and the topic's route is known. */
  static async open(workFolder: string, say: (line: string) => void): Promise<LinkedCluster> {
    const cluster = await new ProcessDeployment().open(plan, {
      workFolder,
      observe: () => linked.roles(),
      log: say,
      // The same on every machine, so that figures compare.
      toxiproxy: 'embedded',
    });
    const linked = new LinkedCluster(
      cluster,
      new RemotingClient(cluster.observer, { connectTimeoutMs: 500 }),
    );
    try {
      await linked.#begin();
    } catch (error) {
      await linked.close();
      throw error;
    }
    return linked;
  }

  /** Past all links. */
  roles(): Promise<ObservedRoles> {
    return observeRoles(this.#client, this.controllers, benchBrokerName);
  }

  /** All brokers in the SyncStateSet, every route known. */
  async settled(): Promise<void> {
    const patience = { clock: osClock, limitMs };
    await awaitCondition('all brokers in sync', patience, async () => {
      const [death] = this.cluster.unexpectedExits();
      if (death !== undefined)
        throw new Error(`${death.node} died: ${death.how}; see ${this.cluster.printed(death.node)}`);
      return groupInSync(await this.roles(), this.brokers);
    });
  }

  async close(): Promise<void> {
    this.#client.stop();
    await this.cluster.close();
  }

  async #begin(): Promise<void> {
    await Promise.all([...this.controllers, ...this.brokers].map((node) => this.cluster.start(node)));
    await this.settled();
    await createTopic(this.cluster, benchTopic, benchQueues, limitMs);
    await awaitCondition('the route', { clock: osClock, limitMs }, async () => {
      const { master } = await this.roles();
      return master === undefined
        ? 'no broker is master'
        : routesKnown(this.#client, this.controllers, benchTopic, master);
    });
  }
}
