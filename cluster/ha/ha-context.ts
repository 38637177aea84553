/** What every part of the HA service works with. */
import type { Runtime } from '../runtime/runtime.ts';
import type { HaDelegate } from './ha-delegate.ts';
import type { HaOptions } from './ha-options.ts';
import type { HaStore } from './ha-store.ts';

export interface HaContext {
  readonly runtime: Runtime;
  readonly store: HaStore;
  readonly options: HaOptions;
  readonly delegate: HaDelegate;
}
