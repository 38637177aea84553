/** One to three overlapping faults at each interval, drawn from all that the world can do. `planSchedule` draws them; here is its name. */
import type { Nemesis } from './nemesis.ts';

export const allRandom: Nemesis = {
  name: 'all-random',
  colours: ['#d0d0d0', '#303030'],
  purpose:
    'what only several faults together do; draws one to three at each interval from all that the world can do',
  variants: [],
  plan: (variant) => ({ kind: 'no-target', variant, reason: 'this nemesis hits nobody itself' }),
  fallback: () => undefined,
  inject: () => Promise.reject(new Error('"all-random" draws other nemeses; it has nothing to inject')),
};
