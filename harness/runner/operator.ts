/** An operator's requests to the leading controller, past all links. */
import { Admin } from '../../cluster/client/admin.ts';
import type { RemotingClient } from '../../cluster/remoting/remoting-client.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';
import type {
  BrokerMember,
  ControllerChange,
  ControllerMember,
  Membership,
  Operator,
} from '../../nemeses/operator.ts';
import { ports } from '../deployment/deployment.ts';

/** Shorter than the patience of whoever waits for a proof: a controller that is down must not use it up. */
const requestTimeoutMs = 1500;

export interface OperatedGroup {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly controllerHosts: readonly string[];
}

export class ControllerOperator implements Operator {
  readonly #admin: Admin;
  readonly #group: OperatedGroup;

  /** `client`: of `runtime`. */
  constructor(runtime: Runtime, client: RemotingClient, group: OperatedGroup) {
    const controllers = group.controllerHosts.map((host) => `${host}:${ports.controller}`);
    this.#admin = new Admin(runtime, { nameservers: [], controllers, client, requestTimeoutMs });
    this.#group = group;
  }

  async membership(): Promise<Membership> {
    const leader = await this.#admin.controllerLeader();
    const { peers, learners } = await this.#admin.controllerMetadata(leader);
    const { brokerName } = this.#group;
    const info = (await this.#admin.syncStateSet([brokerName])).get(brokerName);
    const inSync = info?.inSync ?? [];
    const brokers = [...inSync, ...(info?.notInSync ?? [])].map(
      (replica): BrokerMember => ({
        brokerId: replica.brokerId,
        node: hostOf(replica.brokerAddress),
        isInSync: inSync.includes(replica),
      }),
    );
    const isMasterAlive = inSync.some(({ brokerId, alive }) => alive && brokerId === info?.masterBrokerId);
    return {
      brokers,
      controllers: [...controllersIn(peers ?? '', true), ...controllersIn(learners ?? '', false)],
      master: isMasterAlive && info?.masterAddress !== undefined ? hostOf(info.masterAddress) : undefined,
      masterEpoch: info?.masterEpoch ?? 0,
    };
  }

  async electMaster(node: string): Promise<void> {
    const { clusterName, brokerName } = this.#group;
    const { brokers } = await this.membership();
    const broker = brokers.find((one) => one.node === node && one.isInSync);
    if (broker === undefined) throw new Error(`${node} is not in the SyncStateSet`);
    await this.#admin.electMaster(clusterName, brokerName, broker.brokerId);
  }

  async forgetBroker(brokerId: number): Promise<void> {
    const { clusterName, brokerName } = this.#group;
    await this.#admin.cleanBrokerData(clusterName, brokerName, [brokerId]);
  }

  async changeController(
    change: ControllerChange,
    { id, node }: Pick<ControllerMember, 'id' | 'node'>,
  ): Promise<void> {
    await this.#admin.changeController(change, id, `${node}:${ports.controller}`);
  }
}

/** "c1:c1:9878;c2:c2:9878;" */
function controllersIn(text: string, votes: boolean): readonly ControllerMember[] {
  return text
    .split(';')
    .filter((peer) => peer !== '')
    .map((peer) => {
      const at = peer.indexOf(':');
      return { id: peer.slice(0, at), node: hostOf(peer.slice(at + 1)), votes };
    });
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'));
}
