/** The load generator's side of `LoadEvent`. */
import type { LoadEvent } from './load-process.ts';

export function report(
  phase: LoadEvent['phase'],
  messages: number,
  more: Pick<LoadEvent, 'latenciesMs' | 'failed'> = {},
): void {
  const { user, system } = process.cpuUsage();
  const event: LoadEvent = {
    phase,
    messages,
    atSeconds: performance.now() / 1000,
    cpuSeconds: (user + system) / 1e6,
    ...more,
  };
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
