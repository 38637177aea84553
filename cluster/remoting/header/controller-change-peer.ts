/**
 * CONTROLLER_ADD_LEARNER (52002), CONTROLLER_LEARNER_TO_FOLLOWER (52003), CONTROLLER_REMOVE_PEER (52004), ours: peerId* peerAddress ("host:port",
 * to add one). Response: empty, once the change is committed; SYSTEM_BUSY where it may be asked again in a moment.
 */
import { type HeaderOf, headerCodec, optionalString, requiredString } from '../header-codec.ts';

export const changePeerRequestHeader = headerCodec('ChangeControllerPeerRequestHeader', {
  peerId: requiredString,
  peerAddress: optionalString,
});

export type ChangePeerRequestHeader = HeaderOf<typeof changePeerRequestHeader>;
