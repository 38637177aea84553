/** What the name of a run's folder tells: '2026-11-22T06.34.31Z-11' began then, with seed 11. */

export interface FolderName {
  readonly startMs: number;
  readonly seed: number | undefined;
}

/** Undefined where it is no folder of a run. */
export function parseFolderName(name: string): FolderName | undefined {
  const [, day, hours, minutes, seconds, rest] =
    /^(\d{4}-\d\d-\d\d)T(\d\d)\.(\d\d)\.(\d\d)Z(?:-(.+))?$/.exec(name) ?? [];
  const startMs = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  if (Number.isNaN(startMs)) return undefined;
  const seed = /^\d+/.exec(rest ?? '')?.[0];
  return { startMs, seed: seed === undefined ? undefined : Number(seed) };
}
