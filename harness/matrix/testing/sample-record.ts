/** A matrix as a night leaves it, for tests and for looking at its page. */
import type { CellRecord, MatrixRecord, MatrixRun, RunVerdict } from '../matrix-record.ts';
import type { MatrixWorld } from '../parse-matrix.ts';

export function sampleRun(verdict: RunVerdict, change: Partial<MatrixRun> = {}): MatrixRun {
  const seed = change.seed ?? 7001;
  const hasFolder = verdict !== 'broke';
  return {
    seed,
    timeLimitS: 25,
    verdict,
    why: whys[verdict],
    anomalies: verdict === 'invalid' ? ['lost-ack-write'] : [],
    ...{ ok: 41_235, acknowledged: 20_011, bites: 2, longestPauseMs: 2140, seconds: 48.2 },
    command: `npm run jepsen -- --nemesis kill --deployment docker --seed ${seed}`,
    folder: hasFolder ? `../../log-kill/2026-11-22T01.20.00Z-${seed}` : undefined,
    ...change,
  };
}

const whys: Readonly<Record<RunVerdict, string>> = {
  valid: '',
  invalid:
    'log/lost: 3 lost-ack-write: jepsen/2: "4-118" <was acknowledged> at offset 902 and is on no replica',
  unknown: 'stats: too little was tried: kill-1 (master) never bit: no proof that it bit',
  broke: 'the engine at /var/run/docker.sock does not answer: connect ECONNREFUSED',
};

export function sampleCell(
  row: string,
  world: MatrixWorld,
  runs: readonly MatrixRun[],
  change: Partial<CellRecord> = {},
): CellRecord {
  return { name: `${row} ${world}`, row, world, runs, skipped: undefined, notRun: 0, ...change };
}

export function sampleRecord(cells: readonly CellRecord[]): MatrixRecord {
  return {
    version: 1,
    command: 'npm run jepsen -- all --budget 30 --seed 7',
    startWallMs: Date.UTC(2026, 10, 22, 1, 17),
    seconds: 1740,
    budgetS: 1800,
    interrupted: false,
    versions: { project: '0.1.0', node: '22.11.0' },
    cells,
  };
}
