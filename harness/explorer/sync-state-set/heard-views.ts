/** What brokers do when they are told how the controller sees the group, and what that decides; looked up after the first time. */
import { Decisions } from './decisions.ts';
import type { Replica } from './replica.ts';
import { hearView, type RoleChange } from './role-actions.ts';
import type { SyncStateSetRules } from './sync-state-set-model.ts';
import type { View } from './world.ts';

export class HeardViews {
  readonly decisions = new Decisions();
  readonly #rules: SyncStateSetRules;
  readonly #known = new WeakMap<Replica, WeakMap<View, RoleChange | 'nothing'>>();

  constructor(rules: SyncStateSetRules) {
    this.#rules = rules;
  }

  /** Undefined: it changes nothing. */
  hear(replica: Replica, view: View): RoleChange | undefined {
    let byView = this.#known.get(replica);
    if (byView === undefined) {
      byView = new WeakMap();
      this.#known.set(replica, byView);
    }
    let change = byView.get(view);
    if (change === undefined) {
      const { seededBugs, minInSyncReplicas } = this.#rules;
      change = hearView(replica, view, seededBugs, minInSyncReplicas) ?? 'nothing';
      byView.set(view, change);
    }
    return change === 'nothing' ? undefined : change;
  }
}
