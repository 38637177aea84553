/** Models whose steps never end, for tests of timeouts. */
import type { Model } from '../model.ts';

/** A step of operation "stick" never ends, and "wrong" is refused. Each input is a key of its own. */
export const stuckModel: Model<number, string, unknown> = {
  name: 'stuck',
  source: { module: import.meta.url, name: 'stuckModel' },
  init: () => 0,
  step(state, input) {
    if (input === 'wrong') return undefined;
    while (input === 'stick');
    return state;
  },
  partition: (input) => input,
};
