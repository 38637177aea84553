/** For runs of which nobody asks how they go. */
import type { RunListener } from './run-listener.ts';

const nothing = () => undefined;

export const silentListener: RunListener = {
  progressEveryMs: Number.POSITIVE_INFINITY,
  planned: nothing,
  phase: nothing,
  fault: nothing,
  progress: nothing,
  note: nothing,
};
