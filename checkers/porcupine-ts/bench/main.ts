/**
 * `node bench/main.js [--case etcd,kv,register,log]`: what porcupine-ts needs, beside Go's Porcupine where Go is at hand, in one run on one machine.
 * Parsing is outside of every figure. Warm: median of ten rounds after as many as the compiler wants; cold: the first round of a fresh process.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { porcupineDataFolder, porcupineDataMissing } from '../testing/porcupine-data.ts';

const rounds = 10;
const coldRuns = 5;
const small = ['etcd', 'c50-ok', 'c50-bad', 'c10-ok', 'c10-bad', 'c10-ok-all-keys', 'c10-bad-all-keys'];
const large = ['register', 'log'];

interface Figures {
  readonly verdicts: string;
  readonly coldMs: number;
  readonly warmMs: number;
  readonly rssMb: number;
}

const { values } = parseArgs({ options: { case: { type: 'string' } } });
const wanted = values.case?.split(',');
const isWanted = (name: string): boolean => wanted?.includes(name) ?? true;

if (porcupineDataMissing === undefined) compareWithGo(small.filter(isWanted));
else say(porcupineDataMissing);
for (const name of large.filter(isWanted)) {
  const { verdicts, coldMs, rssMb } = measured(name, 'fast', 1);
  say(`${name}: 1,000,000 operations, ${verdicts}: ${coldMs.toFixed(0)} ms, ${rssMb.toFixed(0)} MB at most`);
}

function compareWithGo(names: readonly string[]): void {
  const go = goFigures(names);
  say(
    'case'.padEnd(18) +
      ['Go cold', 'Go warm', 'fast cold', 'fast warm', 'compat warm']
        .map((head) => head.padStart(22))
        .join(''),
  );
  for (const name of names) {
    const theirs = go.get(name);
    const fast = measured(name, 'fast', coldRuns);
    const compat = measured(name, 'compat', 1);
    const beside = (ms: number, other: number | undefined): string =>
      `${ms.toFixed(2)} ms${other === undefined ? '' : ` (${(other / ms).toFixed(1)}x)`}`.padStart(22);
    say(
      name.padEnd(18) +
        beside(theirs?.coldMs ?? Number.NaN, undefined) +
        beside(theirs?.warmMs ?? Number.NaN, undefined) +
        beside(fast.coldMs, theirs?.coldMs) +
        beside(fast.warmMs, theirs?.warmMs) +
        beside(compat.warmMs, theirs?.warmMs),
    );
    if (theirs !== undefined && theirs.verdicts !== fast.verdicts)
      say(`  verdicts differ: Go ${theirs.verdicts}, here ${fast.verdicts}`);
  }
}

/** Fresh processes; the median of their cold rounds, and the best of their warm medians. */
function measured(name: string, engine: string, processes: number): Figures {
  const program = fileURLToPath(new URL('./one-case.js', import.meta.url));
  const runs = Array.from({ length: processes }, () => {
    const output = execFileSync(process.execPath, [program, name, engine, String(rounds)], {
      encoding: 'utf8',
    });
    return JSON.parse(output) as Figures;
  });
  const colds = runs.map(({ coldMs }) => coldMs).sort((one, other) => one - other);
  return {
    verdicts: runs[0]?.verdicts ?? '',
    coldMs: colds[colds.length >> 1] ?? Number.NaN,
    warmMs: Math.min(...runs.map(({ warmMs }) => warmMs)),
    rssMb: Math.max(...runs.map(({ rssMb }) => rssMb)),
  };
}

function goFigures(names: readonly string[]): Map<string, Figures> {
  const figures = new Map<string, Figures>();
  const folder = mkdtempSync(join(tmpdir(), 'porcupine-bench-'));
  try {
    const source = fileURLToPath(new URL('./go/', import.meta.url)).replace(
      /\/dist\/|\/\.build\/[^/]+\//,
      '/',
    );
    const program = join(folder, 'porcupine-bench');
    execFileSync('go', ['build', '-o', program, '.'], { cwd: source, stdio: 'pipe' });
    const output = execFileSync(program, [porcupineDataFolder, String(rounds + 1), ...names], {
      encoding: 'utf8',
    });
    for (const line of output.trim().split('\n')) {
      const {
        case: name,
        legal,
        of,
        ms,
      } = JSON.parse(line) as { case: string; legal: number; of: number; ms: number[] };
      const [coldMs = Number.NaN, ...warm] = ms;
      const warmMs = warm.sort((one, other) => one - other)[warm.length >> 1] ?? Number.NaN;
      figures.set(name, {
        verdicts: `${legal} ok, ${of - legal} illegal`,
        coldMs,
        warmMs,
        rssMb: Number.NaN,
      });
    }
  } catch (error) {
    say(`without Go: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
