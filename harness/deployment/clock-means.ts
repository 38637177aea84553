/** By what means the wall clock of a node is moved: libfaketime, which every call of the process passes, or the node's own reading of the same file. */
import { existsSync } from 'node:fs';
import type { OpenOptions } from './deployment.ts';

export type ClockMeans =
  | { readonly kind: 'libfaketime'; readonly library: string }
  | { readonly kind: 'own'; readonly reason: string };

/** Of Debian's and others' packages. */
const libraryPlaces = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib64/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
  '/usr/local/lib/faketime/libfaketime.so.1',
];

/** Undefined where this machine has none. */
export function findFaketime(exists: (path: string) => boolean = existsSync): string | undefined {
  return libraryPlaces.find((path) => exists(path));
}

export function clockMeans(library: string | undefined = findFaketime()): ClockMeans {
  return library === undefined
    ? { kind: 'own', reason: 'no libfaketime was found' }
    : { kind: 'libfaketime', library };
}

/** Undefined where a run moves no clock: its nodes pay nothing then. Says which means it is. */
export function clockMeansOf(
  { needs, log }: Pick<OpenOptions, 'needs' | 'log'>,
  given: ClockMeans = clockMeans(),
): ClockMeans | undefined {
  if (needs?.has('clock') !== true) return undefined;
  log(`${clocksPrefix}${clockMeansText(given)}`);
  return given;
}

/** Of the line that tells it, for who keeps it. */
export const clocksPrefix = 'Clocks: ';

/** For the start line and the report. */
export function clockMeansText(means: ClockMeans): string {
  return means.kind === 'libfaketime'
    ? `libfaketime (${means.library})`
    : `the nodes’ own offset, since ${means.reason}`;
}

/** How often a node tells its clocks in its trace: what moves them is proven by that. */
const tellClockMs = 100;

/** What a node is started with; `file`: as the node sees it. */
export function clockEnvironment(means: ClockMeans, file: string): Readonly<Record<string, string>> {
  const told = { ROCKETMQ_TELL_CLOCK_MS: String(tellClockMs) };
  if (means.kind === 'own') return { ...told, ROCKETMQ_CLOCK_FILE: file };
  return {
    ...told,
    LD_PRELOAD: means.library,
    FAKETIME_TIMESTAMP_FILE: file,
    // The file is followed at once.
    FAKETIME_NO_CACHE: '1',
    // Timers, time-outs and the times of trace lines stay right.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}
