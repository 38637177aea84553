/** Tells one process from a later one with the same number. */
import { readFileSync } from 'node:fs';

/**
 * Clock ticks since boot at which the process began (Linux), '' where the system does not tell, undefined when there is no such process.
 * Field 22 of /proc/PID/stat, counted after the command name, which may hold blanks and brackets. A process that is dead and not yet reaped by
 * its parent (state Z) counts as none: it holds nothing any more.
 */
export function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return undefined;
  }
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return fields[19] ?? '';
  } catch {
    return '';
  }
}
