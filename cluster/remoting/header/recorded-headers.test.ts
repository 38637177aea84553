import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { FrameDecoder } from '../frame.ts';
import type { ExtFields } from '../header-codec.ts';
import { brokerHeartbeatRequestHeader } from './broker-heartbeat.ts';
import { cleanBrokerDataRequestHeader } from './clean-broker-data.ts';
import {
  alterSyncStateSetRequestHeader,
  alterSyncStateSetResponseHeader,
} from './controller-alter-sync-state-set.ts';
import { applyBrokerIdRequestHeader, applyBrokerIdResponseHeader } from './controller-apply-broker-id.ts';
import { electMasterRequestHeader, electMasterResponseHeader } from './controller-elect-master.ts';
import { getMetadataResponseHeader } from './controller-get-metadata-info.ts';
import {
  getNextBrokerIdRequestHeader,
  getNextBrokerIdResponseHeader,
} from './controller-get-next-broker-id.ts';
import { getReplicaInfoRequestHeader, getReplicaInfoResponseHeader } from './controller-get-replica-info.ts';
import {
  registerBrokerToControllerRequestHeader,
  registerBrokerToControllerResponseHeader,
} from './controller-register-broker.ts';
import { deleteTopicRequestHeader } from './delete-topic-in-broker.ts';
import { getAllTopicConfigRequestHeader, getAllTopicConfigResponseHeader } from './get-all-topic-config.ts';
import { getMaxOffsetRequestHeader, getMaxOffsetResponseHeader } from './get-max-offset.ts';
import { getMinOffsetRequestHeader, getMinOffsetResponseHeader } from './get-min-offset.ts';
import { getRouteInfoRequestHeader } from './get-route-info-by-topic.ts';
import {
  deleteKvConfigRequestHeader,
  getKvConfigRequestHeader,
  getKvConfigResponseHeader,
  putKvConfigRequestHeader,
} from './kv-config.ts';
import { notifyBrokerRoleChangedRequestHeader } from './notify-broker-role-changed.ts';
import { pullMessageRequestHeader, pullMessageResponseHeader } from './pull-message.ts';
import {
  queryConsumerOffsetRequestHeader,
  queryConsumerOffsetResponseHeader,
} from './query-consumer-offset.ts';
import { registerBrokerRequestHeader, registerBrokerResponseHeader } from './register-broker.ts';
import { decodeSendBatchMessageRequestHeader } from './send-batch-message.ts';
import { sendMessageRequestHeader, sendMessageResponseHeader } from './send-message.ts';
import { decodeSendMessageRequestHeaderV2, encodeSendMessageRequestHeaderV2 } from './send-message-v2.ts';
import { unregisterBrokerRequestHeader } from './unregister-broker.ts';
import { createTopicRequestHeader } from './update-and-create-topic.ts';
import { updateConsumerOffsetRequestHeader } from './update-consumer-offset.ts';

interface Codec {
  decode(extFields: ExtFields | null): object;
  encode(header: never): Record<string, string>;
}

const v2: Codec = { decode: decodeSendMessageRequestHeaderV2, encode: encodeSendMessageRequestHeaderV2 };
const batch: Codec = {
  decode: decodeSendBatchMessageRequestHeader,
  encode: encodeSendMessageRequestHeaderV2,
};

const codecs: Readonly<Record<number, { request?: Codec; response?: Codec }>> = {
  10: { request: sendMessageRequestHeader, response: sendMessageResponseHeader },
  11: { request: pullMessageRequestHeader, response: pullMessageResponseHeader },
  14: { request: queryConsumerOffsetRequestHeader, response: queryConsumerOffsetResponseHeader },
  15: { request: updateConsumerOffsetRequestHeader },
  17: { request: createTopicRequestHeader },
  21: { request: getAllTopicConfigRequestHeader, response: getAllTopicConfigResponseHeader },
  30: { request: getMaxOffsetRequestHeader, response: getMaxOffsetResponseHeader },
  31: { request: getMinOffsetRequestHeader, response: getMinOffsetResponseHeader },
  100: { request: putKvConfigRequestHeader },
  101: { request: getKvConfigRequestHeader, response: getKvConfigResponseHeader },
  102: { request: deleteKvConfigRequestHeader },
  103: { request: registerBrokerRequestHeader, response: registerBrokerResponseHeader },
  104: { request: unregisterBrokerRequestHeader },
  105: { request: getRouteInfoRequestHeader },
  215: { request: deleteTopicRequestHeader },
  310: { request: v2, response: sendMessageResponseHeader },
  320: { request: batch, response: sendMessageResponseHeader },
  904: { request: brokerHeartbeatRequestHeader },
  1001: { request: alterSyncStateSetRequestHeader, response: alterSyncStateSetResponseHeader },
  1002: { request: electMasterRequestHeader, response: electMasterResponseHeader },
  1003: {
    request: registerBrokerToControllerRequestHeader,
    response: registerBrokerToControllerResponseHeader,
  },
  1004: { request: getReplicaInfoRequestHeader, response: getReplicaInfoResponseHeader },
  1005: { response: getMetadataResponseHeader },
  1008: { request: notifyBrokerRoleChangedRequestHeader },
  1011: { request: cleanBrokerDataRequestHeader },
  1012: { request: getNextBrokerIdRequestHeader, response: getNextBrokerIdResponseHeader },
  1013: { request: applyBrokerIdRequestHeader, response: applyBrokerIdResponseHeader },
};

/** Fields that Java's RPC layer adds to any header; ours have no use for them. */
const rpcFields = new Set(['bname', 'ns', 'nsd', 'oway', 'lo', 'ReqT', 'n']);
/** Answers of these codes carry the response header. */
const answered = new Set([0, 10, 11, 12, 19, 20, 21]);

describe('headers of recorded frames', () => {
  it('are read, and written with every field they came with', () => {
    let checked = 0;
    for (const line of readFileSync('cluster/remoting/fixtures/frames.jsonl', 'utf8').trim().split('\n')) {
      const recorded: { code: number; kind: string; frame: string } = JSON.parse(line);
      const [command] = new FrameDecoder().push(Buffer.from(recorded.frame, 'base64'));
      assert(command !== undefined);
      const isRequest = recorded.kind !== 'response';
      if (!isRequest && !answered.has(command.code)) continue;
      const codec = codecs[recorded.code]?.[isRequest ? 'request' : 'response'];
      if (codec === undefined) continue;
      const written = codec.encode(codec.decode(command.extFields) as never);
      for (const [key, value] of Object.entries(command.extFields ?? {})) {
        if (!rpcFields.has(key))
          assert.equal(written[key], value, `${recorded.code} ${recorded.kind} ${key}`);
      }
      checked++;
    }
    assert(checked > 120, `${checked} checked`);
  });
});
