/** The guards that `--bug NAME` removes, one place each: `if (!runtime.seededBugs.has(NAME)) guard`. */
export const seededBugNames = [
  // What is acknowledged, and what is confirmed.
  'ack-before-replication',
  'ignore-pending-expansion',
  'shrink-before-commit',
  'min-in-sync-at-admission-only',
  'count-acks-per-link',
  'skip-disconnected-member',
  'shrink-from-stale-copy',
  'shrink-task-dies',
  'skip-read-round',
  // Epochs, truncation, transfer.
  'skip-truncation',
  'refuse-equal-epoch-start',
  'keep-old-epoch-label',
  'truncate-to-confirm',
  'truncate-in-memory-only',
  'frame-by-short-header',
  // Roles and recovery.
  'promote-again-in-place',
  'serve-before-role',
  'dispatch-beyond-confirm',
  'skip-tail-offsets',
  // Disks.
  'ack-before-fsync',
  'trust-damaged-disk',
  // Controllers.
  'compare-offsets-modulo',
  'liveness-by-close-only',
  'wall-clock-expiry',
  'elect-once',
  'vote-by-node-term',
  // Nameservers.
  'ignore-epoch-in-routes',
  'unregister-by-id',
] as const;

export type SeededBug = (typeof seededBugNames)[number];
