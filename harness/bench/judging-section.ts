/** How long a saved run takes all judges, from its files to the verdict: beside the mere reading of the same files. */
import { statSync } from 'node:fs';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { median } from '../median.ts';
import { jsonLines } from '../record/json-lines.ts';
import { makeRunFolder } from '../record/results-folder.ts';
import { syntheticRun, writeSyntheticRun } from '../report/testing/synthetic-run.ts';
import { judge } from '../runner/judge.ts';
import type { SectionReport } from './bench-report.ts';
import type { BenchWorld } from './bench-world.ts';

/** Some turns of the load are pauses of a master: this comes to a little more than 100,000 operations. */
const loadSeconds = 56;
const wantedSeconds = 2;
const rate = 2000;

export function judgingSection({ workFolder, options, say }: BenchWorld): Promise<SectionReport> {
  const run = syntheticRun({ seed: 1, seconds: loadSeconds, rate, loses: false });
  const operations = run.operations.filter(({ type }) => type === 'invoke').length;
  const files = makeRunFolder(workFolder, 'judging', 0, 1);
  writeSyntheticRun(files, run);
  const judged = () => judge(files, () => osClock.monotonicMs());
  const [verdict, first] = cpuSeconds(() => judged().verdict);
  const warm: number[] = [];
  const bare: number[] = [];
  for (let trial = 0; trial < options.trials; trial += 1) {
    const [, seconds] = cpuSeconds(judged);
    const [, reading] = cpuSeconds(() => [...jsonLines<unknown>(files.history)].length);
    warm.push(seconds);
    bare.push(reading);
    say(`judged in ${seconds.toFixed(2)} s of CPU, read in ${reading.toFixed(2)}`);
  }
  const megabytes = (statSync(files.history).size / 1e6).toFixed(0);
  const ratio = median(warm) / median(bare);
  return Promise.resolve({
    section: 'judging',
    figures: [
      {
        name: `CPU time of all judges for ${operations} operations, warm`,
        value: median(warm),
        unit: 's',
        wanted: { atMost: wantedSeconds },
        detail: `${Math.min(...warm).toFixed(2)} to ${Math.max(...warm).toFixed(2)} s of ${warm.length}; ${megabytes} MB of history; verdict ${verdict}`,
      },
      { name: 'the first of a process', value: first, unit: 's', wanted: { atMost: wantedSeconds } },
      { name: 'judging to reading the history alone', value: ratio, unit: 'x' },
    ],
    raw: { operations, first, warm, bare },
  });
}

/** Of this process, all threads: holds on a busy machine too, more or less. */
function cpuSeconds<T>(work: () => T): [T, number] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}
