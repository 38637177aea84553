/** Opens clusters in a simulated world: one deployment is one world, made from a seed, for one run. */
import type { Clock } from '../../../../cluster/runtime/clock.ts';
import type { Runtime } from '../../../../cluster/runtime/runtime.ts';
import type { SeededBug } from '../../../../cluster/runtime/seeded-bug.ts';
import { planLinks } from '../../../links/link-plan.ts';
import { LinkProbes } from '../../../links/link-probe.ts';
import { clusterHosts } from '../../cluster-hosts.ts';
import type { Cluster, ClusterPlan, Deployment, OpenOptions } from '../../deployment.ts';
import { brokerProperties, controllerProperties } from '../../node-properties.ts';
import { AskedBugs } from '../asked-bugs.ts';
import { SimWorld } from '../sim-world.ts';
import type { WorldWatch } from '../world-watch.ts';
import { SimCluster } from './sim-cluster.ts';
import { dataFolder, SimNode } from './sim-node.ts';

export class SimDeployment implements Deployment {
  readonly name = 'sim';
  readonly world: SimWorld;
  readonly clock: Clock;
  readonly #observer: Runtime;
  #seededBugs: AskedBugs | undefined;

  constructor(seed: number, watch?: WorldWatch) {
    this.world = new SimWorld(seed, { watch });
    this.#observer = this.world.host('observer').start();
    this.clock = this.#observer.clock;
  }

  describe(): string {
    return this.world.describe();
  }

  /** The guards of seeded bugs to which some node came. */
  guardsReached(): readonly SeededBug[] {
    return [...(this.#seededBugs?.asked ?? [])].sort();
  }

  unavailable(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Rejects with SimTimeLimitError when the work is not done within the limit, in virtual time: then it never will be. */
  drive<T>(work: Promise<T>, limitMs: number): Promise<T> {
    return this.world.settle(work, limitMs);
  }

  async open(plan: ClusterPlan, options: OpenOptions): Promise<Cluster> {
    const { world } = this;
    const hosts = clusterHosts(plan);
    const machines = new Map(hosts.map(({ name }) => [name, world.host(name)]));
    const nodes = new Map<string, SimNode>();
    const seededBugs = new AskedBugs(plan.seededBugs);
    this.#seededBugs = seededBugs;
    for (const [name, machine] of machines) {
      const host = hosts.find((one) => one.name === name);
      if (host === undefined || host.kind === 'client') continue;
      const properties = host.kind === 'controller' ? controllerProperties : brokerProperties;
      const options = { host, machine, seededBugs, nowMs: () => this.clock.monotonicMs() };
      nodes.set(name, new SimNode({ ...options, properties: properties(plan, name, dataFolder) }));
    }
    const residents = new Map([...machines].map(([name, machine]) => [name, machine.resident()]));
    const directAddress = (host: string, port: number) => ({ host, port });
    const { proxies } = planLinks(hosts, { form: 'addresses', slot: 0 });
    const probes = await LinkProbes.open({ hosts, proxies, directAddress }, residents);
    options.log(`simulated world, seed ${world.seed}`);
    return new SimCluster({
      world,
      observer: this.#observer,
      plan,
      hosts,
      nodes,
      residents,
      probes,
      options,
    });
  }
}
