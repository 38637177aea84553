/** Well-formed requests that mean nothing, or what a stranger would like them to mean. */
import { encodeRaftMessage } from '../../cluster/dledger/raft-message-codec.ts';
import type { RemotingCommand } from '../../cluster/remoting/remoting-command.ts';
import { RequestCode } from '../../cluster/remoting/request-code.ts';
import type { Random } from '../../cluster/runtime/random.ts';
import { randomBytes } from './mutated-bytes.ts';

const codes: readonly number[] = Object.values(RequestCode);
/** What could depose a master, or make Raft peers quarrel, comes as often as all the rest. */
const dangerousCodes: readonly number[] = [
  RequestCode.BROKER_HEARTBEAT,
  RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
  RequestCode.NOTIFY_BROKER_ROLE_CHANGED,
  RequestCode.CONTROLLER_REGISTER_BROKER,
  RequestCode.CONTROLLER_APPLY_BROKER_ID,
  RequestCode.CONTROLLER_ELECT_MASTER,
  RequestCode.RAFT_MESSAGE,
];

const fieldNames = [
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'topic', 'queueId', 'queueOffset'],
  ...['maxMsgNums', 'sysFlag', 'commitOffset', 'suspendTimeoutMillis', 'subVersion', 'subscription'],
  ...['expressionType', 'maxMsgBytes', 'replicaRead', 'consumerGroup', 'producerGroup', 'defaultTopic'],
  ...['defaultTopicQueueNums', 'bornTimestamp', 'flag', 'properties', 'readQueueNums', 'writeQueueNums'],
  ...['perm', 'topicFilterType', 'attributes', 'order', 'batch', 'namespace', 'key', 'value', 'offset'],
];
const identityFields = [
  ...['clusterName', 'brokerName', 'brokerId', 'brokerAddr', 'brokerAddress', 'brokerControllerId'],
  ...['haAddress', 'haServerAddr', 'incarnation', 'incarnations', 'epoch', 'maxOffset', 'confirmOffset'],
  ...['heartbeatTimeoutMills', 'electionPriority', 'suspect', 'roleEpoch', 'masterBrokerId', 'masterEpoch'],
  ...['masterAddress', 'masterHaAddress', 'syncStateSetEpoch', 'invokeTime', 'appliedBrokerId'],
  ...['registerCheckCode', 'designateElect', 'brokerControllerIdsToClean', 'isCleanLivingBroker'],
];
const values = [
  ...['', '0', '1', '2', '3', '4', '-1', '2147483647', '-2147483648', '9007199254740991', '1e400', 'x'],
  ...['99999999999999999999', 'true', 'TBW102', '__proto__', 'constructor', '..', '../../etc', '%RETRY%g'],
  ...['rmq_sys_TOPIC_CONFIG', '*', '||', 'WAIT\u0001false\u0002', '\u0001\u0002\u0001', 'SQL92', '+a=b,-c'],
  ...['1:x;2:y', ';;', ':', 'n1:10911', 'nowhere:1', 'c1:9878', '\ud800', 'ä€😀'],
];
/** Good for any field of a header, so that what holds them is understood. */
const numbers = ['0', '1', '2', '3', '1000', '-1', '2147483647'];
const bodies = [
  '',
  'x',
  '{}',
  '[]',
  '{"syncStateSet":[1,2,3],"syncStateSetEpoch":1}',
  '{"syncStateSet":[9]}',
];

/** Names that mean something in the cluster that is sent to. */
export interface ClusterNames {
  readonly brokerName: string;
  readonly brokerAddresses: readonly string[];
  readonly topic: string;
  readonly raftGroup: string;
  readonly raftPeers: readonly string[];
}

export function randomRequest(random: Random, names: ClusterNames): RemotingCommand {
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const code =
    random.below(2) === 0 ? pick(dangerousCodes) : random.below(20) === 0 ? random.below(65536) : pick(codes);
  if (code === RequestCode.RAFT_MESSAGE) return strangersRaftMessage(random, names);
  const extFields: Record<string, string> = {};
  for (let count = random.below(16); count > 0; count -= 1) extFields[pick(fieldNames)] = pick(values);
  if (random.below(2) === 0) {
    for (const name of identityFields) {
      if (random.below(4) > 0) extFields[name] = pick(random.below(20) === 0 ? values : numbers);
    }
    extFields['clusterName'] = 'DefaultCluster';
    extFields['brokerName'] = names.brokerName;
    extFields['brokerId'] = String(1 + random.below(4));
    extFields['brokerAddr'] = pick(names.brokerAddresses);
    extFields['incarnation'] = `stranger ${random.below(1000)}`;
  }
  if (random.below(4) === 0) extFields['topic'] = names.topic;
  const body = random.below(4) === 0 ? randomBytes(random, random.below(200)) : Buffer.from(pick(bodies));
  return request(random, code, extFields, body);
}

/** Of another group, of nobody in this one, or of a member's name but no message at all. */
function strangersRaftMessage(random: Random, { raftGroup, raftPeers }: ClusterNames): RemotingCommand {
  const number = (): number => random.below(2 ** 32) * (random.below(2) === 0 ? 1 : 2 ** 20);
  const from = raftPeers[random.below(raftPeers.length)] ?? '';
  const envelope = { from, to: '', term: number() };
  const wellFormed = encodeRaftMessage(
    random.below(2) === 0
      ? { kind: 'vote-request', ...envelope, lastIndex: number(), lastTerm: number() }
      : {
          ...{ kind: 'append-request', ...envelope, previousIndex: number(), previousTerm: number() },
          ...{ commitIndex: number(), readRound: number(), entries: [], toVoter: random.below(2) === 0 },
        },
  );
  switch (random.below(3)) {
    case 0:
      return request(random, RequestCode.RAFT_MESSAGE, { group: 'another group', from }, wellFormed);
    case 1:
      return request(random, RequestCode.RAFT_MESSAGE, { group: raftGroup, from: 'stranger' }, wellFormed);
    default:
      // One byte too many: a message that the decoder has to refuse.
      return request(
        random,
        RequestCode.RAFT_MESSAGE,
        { group: raftGroup, from },
        random.below(2) === 0
          ? Buffer.concat([wellFormed, Buffer.alloc(1)])
          : Buffer.concat([Buffer.alloc(1), randomBytes(random, random.below(100))]),
      );
  }
}

function request(
  random: Random,
  code: number,
  extFields: Readonly<Record<string, string>>,
  body: Uint8Array,
): RemotingCommand {
  return {
    ...{ code, language: 'JAVA', version: 479, opaque: 1 + random.below(1_000_000), remark: null },
    ...{ flag: random.below(4) === 0 ? random.below(4) : 0, extFields, body },
    // A binary header has no room for our own codes.
    serialization: code < 32768 && random.below(4) === 0 ? 'rocketmq' : 'json',
  };
}
