/** A node's wall clock, read off what it says of itself: its trace lines have the time of its clocks. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { systemMonotonicMs } from '../../cluster/runtime/os/system-monotonic.ts';
import type { ClockProbe } from '../../nemeses/nemesis.ts';

/** Far more than a node says in the time between two lines about its clocks. */
const tailBytes = 64 * 1024;

export interface ToldClock {
  /** The node's, as wrong as it is. */
  readonly wall: number;
  /** The kernel's. */
  readonly mono: number;
}

const askAgainMs = 5;

/** Waits for a line that was written after the call; what is older says nothing of what was done to the clock since. */
export async function readClock(
  node: string,
  traceFile: string,
  { patienceMs, aheadMs }: { readonly patienceMs: number; readonly aheadMs: number },
): Promise<ClockProbe> {
  const startMs = systemMonotonicMs();
  for (;;) {
    const told = lastToldClock(traceFile);
    const trueMs = systemMonotonicMs();
    if (told !== undefined && told.mono - aheadMs >= startMs) {
      // The harness's wall clock is the truth; both are compared by what the kernel's monotonic one said at each reading.
      const offsetMs = told.wall - (told.mono - aheadMs) - (Date.now() - trueMs);
      return { node, offsetMs, monotonicMs: told.mono, trueMs: told.mono - aheadMs };
    }
    if (trueMs >= startMs + patienceMs) return { node, offsetMs: undefined, monotonicMs: undefined, trueMs };
    await new Promise((resolve) => {
      setTimeout(resolve, askAgainMs);
    });
  }
}

/** The last whole line that tells the time; undefined where there is none. */
export function lastToldClock(traceFile: string): ToldClock | undefined {
  const lines = tailOf(traceFile).split('\n').slice(0, -1);
  for (const line of lines.reverse()) {
    const told = parse(line);
    if (told !== undefined) return told;
  }
  return undefined;
}

function tailOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, read);
  } finally {
    closeSync(file);
  }
}

function parse(line: string): ToldClock | undefined {
  try {
    const { wall, mono } = JSON.parse(line) as Partial<ToldClock>;
    return typeof wall === 'number' && typeof mono === 'number' ? { wall, mono } : undefined;
  } catch {
    return undefined;
  }
}
