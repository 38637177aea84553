/** The first Ctrl-C ends the work and judges what there is; the second one stops at once. */
import type { Terminal } from './terminal.ts';

export function stopOnSignals(
  abort: AbortController,
  terminal: Terminal,
  how = 'healing, then judging what there is',
): void {
  let asked = 0;
  const stop = () => {
    asked += 1;
    if (asked === 1) {
      terminal.line(`stopping: ${how}; once more to stop at once`);
      abort.abort();
    } else process.exit(130);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
