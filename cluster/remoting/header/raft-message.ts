/** RAFT_MESSAGE (52001), ours, one-way between Raft peers: group* from* to address; body = the message. */
import { type HeaderOf, headerCodec, optionalString, requiredString } from '../header-codec.ts';

export const raftMessageRequestHeader = headerCodec('RaftMessageRequestHeader', {
  group: requiredString,
  /** The sender's id among the peers: n0. */
  from: requiredString,
  /** The id that is meant: another member may have taken over the address. */
  to: optionalString,
  /** Where the sender is reached: a receiver may be behind, and not know it for a member yet. */
  address: optionalString,
});

export type RaftMessageRequestHeader = HeaderOf<typeof raftMessageRequestHeader>;
