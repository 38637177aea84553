/** The guards that `--bug NAME` removes, one place each: `if (!runtime.seededBugs.has(NAME)) guard`. */
export const seededBugNames = [
  // What is acknowledged, and what is confirmed.
  'ack-before-replication',
  'ignore-pending-expansion',
  'shrink-before-commit',
  'min-in-sync-at-admission-only',
  'skip-disconnected-member',
  'skip-read-round',
  // Epochs, truncation, transfer.
  'skip-truncation',
  'truncate-to-confirm',
  // Roles and recovery.
  'dispatch-beyond-confirm',
  'skip-tail-offsets',
  // Controllers.
  'liveness-by-close-only',
  'elect-once',
  // Nameservers.
  'ignore-epoch-in-routes',
  'unregister-by-id',
] as const;

export type SeededBug = (typeof seededBugNames)[number];
