/** CLEAN_BROKER_DATA (1011): clusterName brokerName* brokerControllerIdsToClean ("1;2") isCleanLivingBroker invokeTime. Response: empty. */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  longOr,
  optionalString,
  requiredString,
} from '../header-codec.ts';

export const cleanBrokerDataRequestHeader = headerCodec('CleanControllerBrokerDataRequestHeader', {
  clusterName: optionalString,
  brokerName: requiredString,
  brokerControllerIdsToClean: optionalString,
  isCleanLivingBroker: booleanOr(false),
  invokeTime: longOr(0),
});

export type CleanBrokerDataRequestHeader = HeaderOf<typeof cleanBrokerDataRequestHeader>;
