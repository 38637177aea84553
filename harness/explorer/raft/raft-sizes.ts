/** Sizes worth exploring, small ones first; the later ones are for who has hours. */
import type { RaftBounds } from './raft-model.ts';

/** Behind the nodes, so that they are named first. */
const none = { messages: 0, faults: 0, campaigns: 1, heartbeats: 0, reads: 0 };

export const raftSizes: readonly RaftBounds[] = [
  { nodes: 2, ...none, messages: 1, faults: 1 },
  { nodes: 2, ...none, faults: 1, campaigns: 2, reads: 1 },
  { nodes: 3, ...none, reads: 1 },
  { nodes: 3, ...none, messages: 1 },
  { nodes: 3, ...none, campaigns: 2 },
  { nodes: 2, ...none, messages: 2, faults: 2 },
  { nodes: 2, ...none, messages: 1, faults: 1, heartbeats: 1, reads: 1 },
  { nodes: 3, ...none, messages: 2, faults: 2 },
  { nodes: 2, ...none, messages: 2, faults: 2, campaigns: 2 },
  { nodes: 3, ...none, messages: 1, faults: 1, campaigns: 2 },
  { nodes: 3, ...none, messages: 2, faults: 2, campaigns: 2 },
];
