/** What must be so before the load, after the faults and before the final reads: each answers what is missing, or undefined. */
import { RequestCode } from '../../cluster/remoting/request-code.ts';
import { ports } from '../deployment/deployment.ts';
import type { Asker } from './asker.ts';
import type { ObservedRoles } from './observe-roles.ts';

/** A master is elected and every broker is in the SyncStateSet. */
export function groupInSync(roles: ObservedRoles, brokers: readonly string[]): string | undefined {
  if (roles.controllerLeader === undefined) return 'no controller leads';
  if (roles.master === undefined) return 'no broker is master';
  const missing = notInSync(roles, brokers);
  return missing.length === 0
    ? undefined
    : `not in the SyncStateSet: ${missing.join(', ')}; master is ${roles.master}`;
}

export function notInSync(roles: ObservedRoles, brokers: readonly string[]): readonly string[] {
  return brokers.filter((broker) => !roles.syncStateSet.includes(broker));
}

/** Every nameserver gives the topic's route with the master at id 0. */
export async function routesKnown(
  client: Asker,
  nameServers: readonly string[],
  topic: string,
  master: string,
): Promise<string | undefined> {
  const request = {
    code: RequestCode.GET_ROUTEINFO_BY_TOPIC,
    extFields: { topic, acceptStandardJsonOnly: 'true' },
  };
  for (const host of nameServers) {
    try {
      const response = await client.request(`${host}:${ports.nameServer}`, request, 500);
      const route = response.body === null ? '' : new TextDecoder().decode(response.body);
      const { brokerDatas } = JSON.parse(route || '{}') as {
        brokerDatas?: readonly { brokerAddrs?: Record<string, string> }[];
      };
      if (brokerDatas?.[0]?.brokerAddrs?.['0'] !== `${master}:${ports.broker}`)
        return `${host} has no route to ${master} yet`;
    } catch (error) {
      return `${host}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}

/** No broker holds requests of the load that it has not answered. */
export async function requestsAnswered(
  client: Asker,
  brokers: readonly string[],
): Promise<string | undefined> {
  for (const host of brokers) {
    try {
      const response = await client.request(
        `${host}:${ports.broker}`,
        { code: RequestCode.GET_BROKER_RUNTIME_INFO },
        1000,
      );
      const { table } = JSON.parse(new TextDecoder().decode(response.body ?? new Uint8Array())) as {
        table?: Record<string, string>;
      };
      const waiting = Number(table?.['unansweredRequests']);
      // The question itself is one of them.
      if (!(waiting <= 1)) return `${host} holds ${waiting} unanswered requests`;
    } catch (error) {
      return `${host}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}
