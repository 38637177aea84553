/**
 * What whoever may speak to a cluster at all may ask of it, and what then rightly happens: an election, a topic that goes, a broker that
 * starts anew under its own name, another configuration. RocketMQ's protocols carry no proof of who speaks, so a stranger's well-formed
 * request of this kind is none the cluster could refuse, and no garbage.
 */
import type { RemotingCommand } from '../../cluster/remoting/remoting-command.ts';
import { RequestCode } from '../../cluster/remoting/request-code.ts';
import type { ClusterNames } from './random-request.ts';

/** Of the broker set that is named. */
const brokerSetCodes: ReadonlySet<number> = new Set([
  RequestCode.CONTROLLER_ELECT_MASTER,
  RequestCode.CLEAN_BROKER_DATA,
  RequestCode.WIPE_WRITE_PERM_OF_BROKER,
  RequestCode.REGISTER_BROKER,
  RequestCode.UNREGISTER_BROKER,
]);
const topicCodes: ReadonlySet<number> = new Set([
  RequestCode.UPDATE_AND_CREATE_TOPIC,
  RequestCode.UPDATE_AND_CREATE_TOPIC_LIST,
  RequestCode.DELETE_TOPIC_IN_BROKER,
  RequestCode.DELETE_TOPIC_IN_NAMESRV,
  RequestCode.REGISTER_TOPIC_IN_NAMESRV,
]);
const configCodes: ReadonlySet<number> = new Set([
  RequestCode.UPDATE_BROKER_CONFIG,
  RequestCode.UPDATE_NAMESRV_CONFIG,
  RequestCode.UPDATE_CONTROLLER_CONFIG,
]);

export function isLawful({ code, extFields, body }: RemotingCommand, names: ClusterNames): boolean {
  const fields = Object.values(extFields ?? {});
  const text = body === null ? '' : Buffer.from(body).toString('latin1');
  if (brokerSetCodes.has(code)) return fields.includes(names.brokerName);
  if (code === RequestCode.CONTROLLER_REGISTER_BROKER) {
    const id = Number(extFields?.['brokerId']);
    return fields.includes(names.brokerName) && !(id > names.brokerAddresses.length);
  }
  if (topicCodes.has(code)) return fields.includes(names.topic) || text.includes(names.topic);
  if (configCodes.has(code)) return text.includes('=');
  return false;
}
