/** GET_ROUTEINFO_BY_TOPIC (105): topic* acceptStandardJsonOnly. Response: body TopicRouteData; code 17 when unknown. */
import { booleanOr, type HeaderOf, headerCodec, requiredString } from '../header-codec.ts';

export const getRouteInfoRequestHeader = headerCodec('GetRouteInfoRequestHeader', {
  topic: requiredString,
  acceptStandardJsonOnly: booleanOr(false),
});

export type GetRouteInfoRequestHeader = HeaderOf<typeof getRouteInfoRequestHeader>;
