/** What the system says that a process has used, from /proc; undefined where there is none. */
import { readFileSync } from 'node:fs';

/** USER_HZ, which Linux fixes for /proc whatever its own clock. */
const ticksPerSecond = 100;

/** Of all its threads, in user and system mode, since its start. */
export function cpuSeconds(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name, in parentheses, may hold anything; behind it come state (3rd field) and so on.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export interface ResidentMemory {
  readonly nowMb: number;
  readonly peakMb: number;
}

export function residentMemory(pid: number): ResidentMemory | undefined {
  const text = read(`/proc/${pid}/status`);
  if (text === undefined) return undefined;
  const megabytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
  return { nowMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
