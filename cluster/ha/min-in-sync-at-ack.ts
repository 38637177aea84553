/** How many replicas must be in sync when a write is confirmed, not only when it is let in (B15). */
import type { HaContext } from './ha-context.ts';

export function minInSyncAtAck({ runtime, options }: HaContext): number {
  return runtime.seededBugs.has('min-in-sync-at-admission-only') ? 1 : options.minInSyncReplicas;
}
