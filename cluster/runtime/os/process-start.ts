/** Tells one process from a later one with the same number. */
import { readFileSync } from 'node:fs';

/**
 * Clock ticks since boot at which the process began (Linux), '' where the system does not tell, undefined when there is no such process.
 * Field 22 of /proc/PID/stat, counted after the command name, which may hold blanks and brackets.
 */
export function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return undefined;
  }
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
