/** RAFT_MESSAGE (52001), ours, one-way between Raft peers: group* from* address; body = the message. */
import { type HeaderOf, headerCodec, optionalString, requiredString } from '../header-codec.ts';

export const raftMessageRequestHeader = headerCodec('RaftMessageRequestHeader', {
  group: requiredString,
  /** The sender's id among the peers: n0. */
  from: requiredString,
  /** Where the sender is reached: a receiver may be behind, and not know it for a member yet. */
  address: optionalString,
});

export type RaftMessageRequestHeader = HeaderOf<typeof raftMessageRequestHeader>;
