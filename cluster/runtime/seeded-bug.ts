/** The guards that `--bug NAME` removes, one place each: `if (!runtime.seededBugs.has(NAME)) guard`. */
export const seededBugNames = [
  'ack-before-replication',
  'skip-truncation',
  'skip-read-round',
  'shrink-before-commit',
] as const;

export type SeededBug = (typeof seededBugNames)[number];
