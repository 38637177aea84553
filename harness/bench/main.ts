/** npm run bench: measures what the project promises, and prints it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type BenchOptions,
  BenchUsageError,
  parseBenchOptions,
  type SectionName,
  sectionNames,
} from './bench-options.ts';
import { isMet, reportLines, type SectionReport } from './bench-report.ts';
import type { BenchWorld } from './bench-world.ts';
import { failoverSection } from './failover-section.ts';
import { judgingSection } from './judging-section.ts';
import { latencySection } from './latency-section.ts';
import { reportSection } from './report-section.ts';
import { simulationSection } from './simulation-section.ts';
import { storageSection } from './storage-section.ts';
import { throughputSection } from './throughput-section.ts';

const exitUsage = 254;

/** Two names may stand for one section. */
const sections: Record<SectionName, (world: BenchWorld) => Promise<SectionReport>> = {
  throughput: throughputSection,
  latency: latencySection,
  memory: storageSection,
  restart: storageSection,
  failover: failoverSection,
  simulation: simulationSection,
  judging: judgingSection,
  report: reportSection,
};

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseBenchOptions(argv);
  } catch (error) {
    if (!(error instanceof BenchUsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitUsage;
  }
  mkdirSync(options.results, { recursive: true });
  const workFolder = resolve(options.results, `bench-work-${process.pid}`);
  // Also after Ctrl-C: the registry of what was started ends this process in an orderly way.
  process.on('exit', () => rmSync(workFolder, { recursive: true, force: true }));
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? '', node: process.version };
  say(
    `bench on ${machine.cpus} CPUs (${machine.model}), Node ${machine.node}, load ${loadavg()[0]?.toFixed(2)}; absolute figures hold for this machine in this hour, ratios for longer`,
  );
  const reports: SectionReport[] = [];
  const wanted = sectionNames.filter((name) => options.sections.has(name)).map((name) => sections[name]);
  for (const run of new Set(wanted)) {
    rmSync(workFolder, { recursive: true, force: true });
    mkdirSync(workFolder, { recursive: true });
    const report = await run({ options, workFolder, say });
    reports.push(report);
    process.stdout.write(`\n${reportLines(report).join('\n')}\n`);
  }
  const path = join(options.results, 'bench.json');
  writeFileSync(path, `${JSON.stringify({ version: 1, machine, options, reports }, jsonValue, 2)}\n`);
  const missed = reports.flatMap(({ figures }) => figures.filter((figure) => isMet(figure) === false));
  process.stdout.write(
    `\n${missed.length === 0 ? 'every figure is as wanted' : `${missed.length} figures are not as wanted`}; all that was measured: ${path}\n`,
  );
  return 0;
}

function jsonValue(_key: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value;
}
