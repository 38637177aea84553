/** Headers of the nameserver's administration: one field or two each. `*` = required. */
import { headerCodec, optionalString, requiredString } from '../remoting/header-codec.ts';

/** WIPE_WRITE_PERM_OF_BROKER (205), ADD_WRITE_PERM_OF_BROKER (327): brokerName*; answered by wipeTopicCount or addTopicCount. */
export const writePermHeader = headerCodec('WipeWritePermOfBrokerRequestHeader', {
  brokerName: requiredString,
});

/** DELETE_TOPIC_IN_NAMESRV (216): topic* clusterName. */
export const deleteTopicHeader = headerCodec('DeleteTopicFromNamesrvRequestHeader', {
  topic: requiredString,
  clusterName: optionalString,
});

/** REGISTER_TOPIC_IN_NAMESRV (217): topic*; body TopicRouteData. */
export const registerTopicHeader = headerCodec('RegisterTopicRequestHeader', { topic: requiredString });

/** GET_TOPICS_BY_CLUSTER (224): cluster*. */
export const topicsByClusterHeader = headerCodec('GetTopicsByClusterRequestHeader', {
  cluster: requiredString,
});
