/** The body of REGISTER_BROKER: {"topicConfigSerializeWrapper":{"topicConfigTable":{..},"dataVersion":{..}},"filterServerList":[]}. */
import { Buffer } from 'node:buffer';
import { bodyCrc32 } from '../bytes/crc32.ts';
import { type FastjsonValue, parseFastjson } from '../remoting/fastjson.ts';
import { type DataVersion, dataVersionFromJson } from './data-version.ts';
import type { QueueData, TopicQueueData } from './topic-queues.ts';

export interface RegistrationBody {
  readonly dataVersion: DataVersion;
  readonly topics: readonly TopicQueueData[];
}

export class RegistrationBodyError extends Error {
  override readonly name = 'RegistrationBodyError';
}

/** Throws RegistrationBodyError or FastjsonError. `crc32` 0 is not checked. */
export function readRegistrationBody(body: Uint8Array | null, crc32: number): RegistrationBody {
  const bytes = body ?? new Uint8Array();
  if (crc32 !== 0 && bodyCrc32(bytes) !== crc32) {
    throw new RegistrationBodyError(`body crc32 not match: wanted ${crc32}, got ${bodyCrc32(bytes)}`);
  }
  // A body from before 3.0.11 or of a broker without topics.
  if (bytes.length === 0) return { dataVersion: dataVersionFromJson(undefined), topics: [] };
  const wrapper = memberOf(readJson(bytes), 'topicConfigSerializeWrapper');
  const topicConfigTable = memberOf(wrapper, 'topicConfigTable');
  const topics = isObject(topicConfigTable) ? Object.entries(topicConfigTable) : [];
  return {
    dataVersion: dataVersionFromJson(memberOf(wrapper, 'dataVersion')),
    topics: topics.map(([name, config]) => ({
      topicName: name,
      readQueueNums: numberOf(config, 'readQueueNums', 16),
      writeQueueNums: numberOf(config, 'writeQueueNums', 16),
      perm: numberOf(config, 'perm', 6),
      topicSysFlag: numberOf(config, 'topicSysFlag', 0),
    })),
  };
}

/** The body of REGISTER_TOPIC_IN_NAMESRV: TopicRouteData. */
export function readQueueDatas(body: Uint8Array | null): readonly QueueData[] {
  const queueDatas = body === null ? undefined : memberOf(readJson(body), 'queueDatas');
  if (!Array.isArray(queueDatas)) throw new RegistrationBodyError('wanted a body {"queueDatas":[..]}');
  return queueDatas.flatMap((queueData) => {
    const brokerName = memberOf(queueData, 'brokerName');
    if (typeof brokerName !== 'string') return [];
    return {
      brokerName,
      readQueueNums: numberOf(queueData, 'readQueueNums', 16),
      writeQueueNums: numberOf(queueData, 'writeQueueNums', 16),
      perm: numberOf(queueData, 'perm', 6),
      topicSysFlag: numberOf(queueData, 'topicSysFlag', 0),
    };
  });
}

export function readJson(body: Uint8Array): FastjsonValue {
  return parseFastjson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
}

function isObject(value: FastjsonValue | undefined): value is { [key: string]: FastjsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(value: FastjsonValue | undefined, name: string): FastjsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function numberOf(value: FastjsonValue, name: string, otherwise: number): number {
  const member = memberOf(value, name);
  return typeof member === 'number' && Number.isInteger(member) ? member : otherwise;
}
