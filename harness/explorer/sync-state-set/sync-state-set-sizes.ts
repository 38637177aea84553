/** Sizes worth exploring, small ones first; the later ones are for who has hours. */
import type { SyncStateSetBounds } from './sync-state-set-model.ts';

export const syncStateSetSizes: readonly SyncStateSetBounds[] = [
  { nodes: 2, messages: 1, faults: 1, elections: 0, proposals: 1 },
  { nodes: 2, messages: 1, faults: 0, elections: 1, proposals: 1 },
  { nodes: 3, messages: 1, faults: 0, elections: 1, proposals: 0 },
  { nodes: 2, messages: 2, faults: 0, elections: 1, proposals: 1 },
  { nodes: 2, messages: 1, faults: 1, elections: 1, proposals: 1 },
  { nodes: 3, messages: 2, faults: 0, elections: 1, proposals: 0 },
  { nodes: 3, messages: 1, faults: 0, elections: 1, proposals: 1 },
  // A master that restarts is followed by an election anyway.
  { nodes: 3, messages: 2, faults: 2, elections: 0, proposals: 0 },
  { nodes: 2, messages: 2, faults: 2, elections: 1, proposals: 1 },
  { nodes: 3, messages: 1, faults: 1, elections: 1, proposals: 1 },
  { nodes: 2, messages: 2, faults: 2, elections: 2, proposals: 2 },
  { nodes: 3, messages: 2, faults: 2, elections: 2, proposals: 2 },
];
