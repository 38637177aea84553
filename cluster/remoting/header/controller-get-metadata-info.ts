/**
 * CONTROLLER_GET_METADATA_INFO (1005): no fields; any controller answers.
 * Response: group controllerLeaderId controllerLeaderAddress isLeader peers ("n0:host:port;n1:host:port;": who votes now); ours: learners, likewise.
 */
import { booleanOr, type HeaderOf, headerCodec, optionalString } from '../header-codec.ts';

export const getMetadataResponseHeader = headerCodec('GetMetaDataResponseHeader', {
  group: optionalString,
  controllerLeaderId: optionalString,
  controllerLeaderAddress: optionalString,
  isLeader: booleanOr(false),
  peers: optionalString,
  learners: optionalString,
});

export type GetMetadataResponseHeader = HeaderOf<typeof getMetadataResponseHeader>;
