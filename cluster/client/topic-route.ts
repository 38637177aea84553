/**
 * Where a topic's queues are, from the body of GET_ROUTEINFO_BY_TOPIC:
 * {"brokerDatas":[{"brokerAddrs":{"0":"host:port"},"brokerName","cluster"}],"queueDatas":[{"brokerName","perm","readQueueNums","writeQueueNums"}]}.
 */
import { Buffer } from 'node:buffer';
import { type FastjsonObject, type FastjsonValue, parseFastjsonObject } from '../remoting/fastjson.ts';

export interface BrokerRoute {
  readonly brokerName: string;
  readonly cluster: string;
  /** By broker id; 0 is the master. */
  readonly addresses: ReadonlyMap<number, string>;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  /** 4 read, 2 write. */
  readonly perm: number;
}

export interface TopicRoute {
  readonly topic: string;
  readonly brokers: readonly BrokerRoute[];
}

/** Broker id of the master in routes. */
export const masterId = 0;

export const permRead = 4;
export const permWrite = 2;

/** Undefined when a broker of that name has no queues of the topic, or no master at present. */
export function masterAddress(route: TopicRoute | undefined, brokerName: string): string | undefined {
  return route?.brokers.find((broker) => broker.brokerName === brokerName)?.addresses.get(masterId);
}

/** Throws when the body is no route. */
export function parseTopicRoute(topic: string, body: Uint8Array | null): TopicRoute {
  const route = parseFastjsonObject(Buffer.from(body ?? []).toString('utf8'));
  const brokers = new Map(
    objects(route['brokerDatas']).map((broker) => [text(broker['brokerName']), broker]),
  );
  return {
    topic,
    brokers: objects(route['queueDatas']).map((queues) => {
      const brokerName = text(queues['brokerName']);
      const broker = brokers.get(brokerName);
      return {
        brokerName,
        cluster: text(broker?.['cluster']),
        addresses: parseBrokerAddresses(broker?.['brokerAddrs']),
        readQueueNums: count(queues['readQueueNums']),
        writeQueueNums: count(queues['writeQueueNums']),
        perm: count(queues['perm']),
      };
    }),
  };
}

export function parseBrokerAddresses(value: FastjsonValue | undefined): Map<number, string> {
  const table = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return new Map(Object.entries(table).map(([id, address]) => [Number(id), text(address)]));
}

function objects(value: FastjsonValue | undefined): readonly FastjsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is FastjsonObject => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}

function text(value: FastjsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function count(value: FastjsonValue | undefined): number {
  return typeof value === 'number' ? value : Number(value ?? 0);
}
