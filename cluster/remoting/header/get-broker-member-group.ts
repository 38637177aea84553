/** GET_BROKER_MEMBER_GROUP (901): clusterName* brokerName*. Response: body {"brokerMemberGroup":{..}}. */
import { type HeaderOf, headerCodec, requiredString } from '../header-codec.ts';

export const getBrokerMemberGroupRequestHeader = headerCodec('GetBrokerMemberGroupRequestHeader', {
  clusterName: requiredString,
  brokerName: requiredString,
});

export type GetBrokerMemberGroupRequestHeader = HeaderOf<typeof getBrokerMemberGroupRequestHeader>;
