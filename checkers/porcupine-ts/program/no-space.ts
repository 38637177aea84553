/** For programs whose instructions need no model. */
import type { StateSpace } from './program.ts';

export const noSpace: StateSpace = { step: () => -1, bytes: () => 0 };
