/** What controllers and brokers tell about a broker set: SyncStateSet, epochs, high availability. */
import { type FastjsonObject, type FastjsonValue, parseFastjsonObject } from '../remoting/fastjson.ts';

export interface ReplicaState {
  readonly brokerId: number;
  readonly brokerAddress: string;
  readonly alive: boolean;
}

export interface SyncStateInfo {
  /** Undefined while there is none. */
  readonly masterBrokerId: number | undefined;
  readonly masterAddress: string | undefined;
  readonly masterEpoch: number;
  readonly syncStateSetEpoch: number;
  readonly inSync: readonly ReplicaState[];
  readonly notInSync: readonly ReplicaState[];
}

export interface BrokerEpochs {
  readonly brokerId: number;
  readonly brokerName: string;
  readonly maxOffset: number;
  readonly epochs: readonly {
    readonly epoch: number;
    readonly startOffset: number;
    readonly endOffset: number;
  }[];
}

/** By broker name, from {"replicasInfoTable":{"b0":{"inSyncReplicas":[..],"masterEpoch":2,..}}}. */
export function parseSyncStateData(text: string): Map<string, SyncStateInfo> {
  const table = parseFastjsonObject(text)['replicasInfoTable'];
  return new Map(
    Object.entries(object(table)).map(([brokerName, value]) => {
      const info = object(value);
      const masterAddress = info['masterAddress'];
      return [
        brokerName,
        {
          masterBrokerId: typeof info['masterBrokerId'] === 'number' ? info['masterBrokerId'] : undefined,
          masterAddress:
            typeof masterAddress === 'string' && masterAddress !== '' ? masterAddress : undefined,
          masterEpoch: integer(info['masterEpoch']),
          syncStateSetEpoch: integer(info['syncStateSetEpoch']),
          inSync: replicas(info['inSyncReplicas']),
          notInSync: replicas(info['notInSyncReplicas']),
        },
      ];
    }),
  );
}

/** From {"brokerId":1,"brokerName":"b0","epochList":[{"endOffset":10,"epoch":1,"startOffset":0}],"maxOffset":20}. */
export function parseBrokerEpochs(text: string): BrokerEpochs {
  const body = parseFastjsonObject(text);
  return {
    brokerId: integer(body['brokerId']),
    brokerName: String(body['brokerName'] ?? ''),
    maxOffset: integer(body['maxOffset']),
    epochs: list(body['epochList']).map((entry) => ({
      epoch: integer(entry['epoch']),
      startOffset: integer(entry['startOffset']),
      // Java writes 2^63-1 for the epoch that is not over.
      endOffset: integer(entry['endOffset']),
    })),
  };
}

function replicas(value: FastjsonValue | undefined): readonly ReplicaState[] {
  return list(value).map((replica) => ({
    brokerId: integer(replica['brokerId']),
    brokerAddress: String(replica['brokerAddress'] ?? ''),
    alive: replica['alive'] === true,
  }));
}

function list(value: FastjsonValue | undefined): readonly FastjsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function object(value: FastjsonValue | undefined): FastjsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Too large ones become the largest safe one; what is no number becomes 0. */
function integer(value: FastjsonValue | undefined): number {
  if (typeof value === 'bigint') return Number.MAX_SAFE_INTEGER;
  return typeof value === 'number' ? value : 0;
}
