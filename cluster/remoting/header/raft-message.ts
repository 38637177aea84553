/** RAFT_MESSAGE (52001), ours, one-way between Raft peers: group* from*; body = the message. */
import { type HeaderOf, headerCodec, requiredString } from '../header-codec.ts';

export const raftMessageRequestHeader = headerCodec('RaftMessageRequestHeader', {
  group: requiredString,
  /** The sender's id among the peers: n0. */
  from: requiredString,
});

export type RaftMessageRequestHeader = HeaderOf<typeof raftMessageRequestHeader>;
