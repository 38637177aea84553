/** Whether what progress.json tells of still goes on. */
import { hostname } from 'node:os';
import { type JsonRecord, numberOf, textOf } from './json-value.ts';

/** A run on another machine cannot be asked: it goes on as long as it writes. Judging a long run takes its time. */
export const silentMaxMs = 10 * 60_000;

export interface Surroundings {
  readonly nowMs: number;
  readonly host: string;
  isAlive(pid: number): boolean;
}

export function osSurroundings(): Surroundings {
  return { nowMs: Date.now(), host: hostname(), isAlive };
}

export function isUnderWay(progress: JsonRecord, { nowMs, host, isAlive }: Surroundings): boolean {
  if (textOf(progress['broke']) !== '') return false;
  const silentMs = nowMs - (numberOf(progress['updatedWallMs']) ?? 0);
  if (silentMs > silentMaxMs) return false;
  const pid = numberOf(progress['pid']);
  return progress['host'] !== host || (pid !== undefined && isAlive(pid));
}

/** One sentence, of one that does not go on. */
export function whereItEnded(progress: JsonRecord): string {
  const phase = textOf(progress['phase']);
  const during = phase === '' ? 'before it began' : `in the phase "${phase}"`;
  const broke = textOf(progress['broke']).split('\n')[0] ?? '';
  return broke === '' ? `the harness was stopped ${during}` : `broke ${during}: ${broke}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
