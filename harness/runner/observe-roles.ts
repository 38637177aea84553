/** Asks the controllers, past all links, who is master, who is in sync and who leads. */
import { RequestCode } from '../../cluster/remoting/request-code.ts';
import { ResponseCode } from '../../cluster/remoting/response-code.ts';
import { type LiveRoles, ports } from '../deployment/deployment.ts';
import type { Asker } from './asker.ts';

/** As GET_SYNC_STATE_DATA (1006) tells it. */
interface ReplicaJson {
  readonly brokerId: number;
  readonly brokerAddress: string;
  readonly alive?: boolean;
}

interface ReplicasInfoJson {
  readonly masterBrokerId: number | null;
  readonly masterAddress: string | null;
  readonly masterEpoch: number;
  readonly syncStateSetEpoch: number;
  readonly inSyncReplicas: readonly ReplicaJson[];
  readonly notInSyncReplicas: readonly ReplicaJson[];
}

export interface ObservedRoles extends LiveRoles {
  /** Host by broker id. */
  readonly brokerIds: Readonly<Record<string, string>>;
}

/** A controller that is down or cut off must not hold up the others. */
const askTimeoutMs = 400;

export async function observeRoles(
  client: Asker,
  controllerHosts: readonly string[],
  brokerName: string,
): Promise<ObservedRoles> {
  const answers = await Promise.all(controllerHosts.map((host) => askController(client, host, brokerName)));
  const known = answers.filter((answer) => answer !== undefined);
  // Two may believe that they lead; only the one with a majority can answer the read.
  return (
    known[0] ?? {
      master: undefined,
      masterEpoch: undefined,
      syncStateSet: [],
      controllerLeader: undefined,
      brokerIds: {},
    }
  );
}

async function askController(
  client: Asker,
  host: string,
  brokerName: string,
): Promise<ObservedRoles | undefined> {
  try {
    const body = new TextEncoder().encode(JSON.stringify([brokerName]));
    const request = { code: RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, body };
    const response = await client.request(`${host}:${ports.controller}`, request, askTimeoutMs);
    if (response.code !== ResponseCode.SUCCESS) return undefined;
    const parsed = response.body === null ? {} : JSON.parse(new TextDecoder().decode(response.body));
    const info = (parsed as { replicasInfoTable?: Record<string, ReplicasInfoJson> }).replicasInfoTable?.[
      brokerName
    ];
    return rolesOf(host, info);
  } catch {
    return undefined;
  }
}

function rolesOf(host: string, info: ReplicasInfoJson | undefined): ObservedRoles {
  const replicas = [...(info?.inSyncReplicas ?? []), ...(info?.notInSyncReplicas ?? [])];
  const master = replicas.find(({ brokerId }) => brokerId === info?.masterBrokerId);
  return {
    master: master === undefined || master.alive === false ? undefined : hostOf(master.brokerAddress),
    masterEpoch: info?.masterEpoch,
    syncStateSet: (info?.inSyncReplicas ?? []).map(({ brokerAddress }) => hostOf(brokerAddress)),
    controllerLeader: host,
    brokerIds: Object.fromEntries(
      replicas.map(({ brokerId, brokerAddress }) => [brokerId, hostOf(brokerAddress)]),
    ),
  };
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'));
}
