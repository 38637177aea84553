/** QUERY_DATA_VERSION (322): brokerName* brokerAddr* clusterName* brokerId*; body DataVersion. Response: changed*; body DataVersion. */
import {
  type HeaderOf,
  headerCodec,
  requiredBoolean,
  requiredLong,
  requiredString,
} from '../header-codec.ts';

export const queryDataVersionRequestHeader = headerCodec('QueryDataVersionRequestHeader', {
  brokerName: requiredString,
  brokerAddr: requiredString,
  clusterName: requiredString,
  brokerId: requiredLong,
});

export type QueryDataVersionRequestHeader = HeaderOf<typeof queryDataVersionRequestHeader>;

export const queryDataVersionResponseHeader = headerCodec('QueryDataVersionResponseHeader', {
  changed: requiredBoolean,
});
