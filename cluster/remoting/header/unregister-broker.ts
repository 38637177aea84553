/** UNREGISTER_BROKER (104), broker to nameserver: brokerName* brokerAddr* clusterName* brokerId*. Response: empty. */
import { type HeaderOf, headerCodec, requiredLong, requiredString } from '../header-codec.ts';

export const unregisterBrokerRequestHeader = headerCodec('UnRegisterBrokerRequestHeader', {
  brokerName: requiredString,
  brokerAddr: requiredString,
  clusterName: requiredString,
  brokerId: requiredLong,
});

export type UnregisterBrokerRequestHeader = HeaderOf<typeof unregisterBrokerRequestHeader>;
