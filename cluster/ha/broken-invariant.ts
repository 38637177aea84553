/** A failed assertion is a fault of ours: the node stops rather than go on with a state that nobody understands. */
import { AssertionError } from 'node:assert/strict';
import type { Runtime } from '../runtime/runtime.ts';

/** False when `error` is the world's trouble. */
export function stopIfBroken(runtime: Runtime, error: unknown): boolean {
  if (!(error instanceof AssertionError)) return false;
  runtime.trace.emit('invariant-broken', { message: error.message });
  runtime.fatal(error);
  return true;
}
