/** Brokers by name and clusters, from the body of GET_BROKER_CLUSTER_INFO. */
import { type FastjsonValue, parseFastjsonObject } from '../remoting/fastjson.ts';
import { parseBrokerAddresses } from './topic-route.ts';

export interface BrokerSet {
  readonly brokerName: string;
  readonly cluster: string;
  /** By broker id; 0 is the master. */
  readonly addresses: ReadonlyMap<number, string>;
}

export interface ClusterInfo {
  readonly brokers: readonly BrokerSet[];
  /** Broker names by cluster. */
  readonly clusters: ReadonlyMap<string, readonly string[]>;
}

/** Throws when the body is none. */
export function parseClusterInfo(text: string): ClusterInfo {
  const body = parseFastjsonObject(text);
  return {
    brokers: members(body['brokerAddrTable']).map(([brokerName, value]) => {
      const broker = new Map(members(value));
      const cluster = broker.get('cluster');
      return {
        brokerName,
        cluster: typeof cluster === 'string' ? cluster : '',
        addresses: parseBrokerAddresses(broker.get('brokerAddrs')),
      };
    }),
    clusters: new Map(
      members(body['clusterAddrTable']).map(([cluster, names]) => [
        cluster,
        Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [],
      ]),
    ),
  };
}

function members(value: FastjsonValue | undefined): [string, FastjsonValue][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
