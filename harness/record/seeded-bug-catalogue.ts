/** One line per seeded bug: what the guard protects, where it was seen, what it needs, and what must be found. */
import type { AnomalyName } from '../../checkers/anomaly.ts';
import type { SeededBug } from '../../cluster/runtime/seeded-bug.ts';

export interface SeededBugRow {
  readonly name: SeededBug;
  readonly component: string;
  /** The guard that `--bug` removes. */
  readonly guard: string;
  readonly upstream: string;
  /** Options without which nothing can go wrong. */
  readonly needs: string;
  readonly nemeses: string;
  /** Any one of these counts as found; another anomaly does not. */
  readonly expected: readonly AnomalyName[];
}

export const seededBugCatalogue: readonly SeededBugRow[] = [
  {
    name: 'ack-before-replication',
    component: 'ha',
    guard: 'a send is acknowledged only when every member of the SyncStateSet has it on its disk',
    upstream: 'inSyncReplicas=1, the default of SYNC_MASTER',
    needs: '',
    nemeses: 'partition,kill',
    expected: ['lost-ack-write'],
  },
  {
    name: 'skip-truncation',
    component: 'ha',
    guard: 'a rejoining replica cuts its log back to the last common epoch',
    upstream: 'B23',
    needs: '',
    nemeses: 'partition,kill',
    expected: ['prefix-divergence', 'lost-ack-write'],
  },
  {
    name: 'skip-read-round',
    component: 'broker',
    guard: 'a claim about the tail waits until every member has confirmed that it still follows this master',
    upstream: 'G5; isProcessReadEvent=false is its like in the controller',
    needs: '',
    nemeses: 'partition,kill',
    expected: ['stale-read', 'non-monotonic-read'],
  },
  {
    name: 'shrink-before-commit',
    component: 'ha',
    guard: 'a member leaves the acknowledging set only when the controllers have agreed',
    upstream: 'B02, B90',
    needs: '--min-in-sync-replicas 1',
    nemeses: 'partition,kill',
    expected: ['lost-ack-write', 'offset-divergence'],
  },
];

export function expectedOf(bug: SeededBug): readonly AnomalyName[] {
  return seededBugCatalogue.find(({ name }) => name === bug)?.expected ?? [];
}
