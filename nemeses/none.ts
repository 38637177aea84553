/** Nothing at all: what fails under it fails in a healthy cluster. */
import type { Nemesis } from './nemesis.ts';

export const none: Nemesis = {
  name: 'none',
  colours: ['#e0e0e0', '#505050'],
  purpose: 'what is wrong without any fault',
  variants: [],
  plan: (variant) => ({ kind: 'no-target', variant, reason: 'this nemesis hits nobody' }),
  fallback: () => undefined,
  inject: () => Promise.reject(new Error('the nemesis "none" has nothing to inject')),
};
