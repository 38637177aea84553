/** Why a question about a queue is not answered here. */
import type { Response } from '../../remoting/channel.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import { type BrokerServices, notMasterResponse } from '../broker-services.ts';
import { permRead, topicConfigTopic } from '../topic-config.ts';

/** Undefined when it may be answered. A `replicaRead` is a question for this very replica, whatever its role. */
export function queueFault(
  services: BrokerServices,
  asked: { readonly topic: string; readonly queueId: number; readonly replicaRead: boolean },
  purpose: 'read' | 'offset',
): Response | undefined {
  const role = services.role();
  if (role.kind !== 'master' && !asked.replicaRead) return notMasterResponse(role);
  const topic = services.topics.get(asked.topic);
  if (topic === undefined) {
    if (role.kind === 'master' && !services.topics.isCaughtUp()) {
      return {
        code: ResponseCode.SERVICE_NOT_AVAILABLE,
        remark: `whether topic "${asked.topic}" exists is not known yet: this master has just been elected`,
      };
    }
    return { code: ResponseCode.TOPIC_NOT_EXIST, remark: `topic "${asked.topic}" does not exist here` };
  }
  const isReadable = (services.config.brokerPermission & topic.perm & permRead) !== 0;
  if (purpose === 'read' && (!isReadable || asked.topic === topicConfigTopic)) {
    return { code: ResponseCode.NO_PERMISSION, remark: `reading topic "${asked.topic}" is not permitted` };
  }
  const queueCount = Math.max(topic.readQueueNums, topic.writeQueueNums);
  if (asked.queueId < 0 || asked.queueId >= queueCount) {
    return {
      code: ResponseCode.INVALID_PARAMETER,
      remark: `queueId: wanted 0..${queueCount - 1} of topic "${asked.topic}", got ${asked.queueId}`,
    };
  }
  return undefined;
}
