/** A cluster of containers: what differs from one of processes is where clients run and how the node of a host is reached. */
import type { HostPort } from '../../../cluster/runtime/network.ts';
import type { Host } from '../../../nemeses/nemesis.ts';
import { RemoteLogClient } from '../../worker/remote-log-client.ts';
import type { LogClient } from '../../workload/log-client.ts';
import { ProcessCluster, type ProcessClusterParts } from '../process/process-cluster.ts';
import type { Pod } from './pod.ts';

export class DockerCluster extends ProcessCluster {
  readonly #pods: ReadonlyMap<string, Pod>;

  constructor(parts: ProcessClusterParts, pods: ReadonlyMap<string, Pod>) {
    super(parts);
    this.#pods = pods;
  }

  openLogClient(clientHost: Host, topic: string): LogClient {
    const { agent } = this.#pod(clientHost.name);
    const habit = clientHost.habit ?? 'follows-route';
    return new RemoteLogClient(agent, { topic, nameservers: this.nameServers.split(';'), habit });
  }

  override directAddress(node: string, port: number): HostPort {
    const entry = this.#pod(node).entryPorts.get(port);
    return entry === undefined ? super.directAddress(node, port) : { host: '127.0.0.1', port: entry };
  }

  /** Nobody ends the pod of a host while a run goes on, but an engine that ends, or a hand. */
  onLost(listener: (what: string) => void): void {
    let isTold = false;
    for (const { host, agent } of this.#pods.values()) {
      agent.onEnd(() => {
        if (isTold) return;
        isTold = true;
        listener(`the container of host ${host.name} ended, or the container engine did`);
      });
    }
  }

  #pod(host: string): Pod {
    const pod = this.#pods.get(host);
    if (pod === undefined)
      throw new Error(`no such host: ${host}; known: ${[...this.#pods.keys()].join(', ')}`);
    return pod;
  }
}
