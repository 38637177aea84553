/** How large the report of a long run is, and how long a browser works until it stands: from its file to the page that can be used. */
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { median } from '../median.ts';
import { makeRunFolder } from '../record/results-folder.ts';
import { chromiumFlags, findChromium } from '../report/testing/chromium.ts';
import { syntheticRun, writeSyntheticRun } from '../report/testing/synthetic-run.ts';
import { judge } from '../runner/judge.ts';
import { writeReportFiles } from '../runner/write-report.ts';
import type { Figure, SectionReport } from './bench-report.ts';
import type { BenchWorld } from './bench-world.ts';

/** A little more than 200,000 operations. */
const loadSeconds = 240;
const rate = 1000;
const openings = 5;

export async function reportSection({ workFolder, say }: BenchWorld): Promise<SectionReport> {
  const run = syntheticRun({ seed: 6, seconds: loadSeconds, rate, loses: true });
  const operations = run.operations.filter(({ type }) => type === 'invoke').length;
  const files = makeRunFolder(workFolder, 'report', 0, 6);
  writeSyntheticRun(files, run);
  writeReportFiles(
    files,
    judge(files, () => osClock.monotonicMs()),
  );
  const megabytes = statSync(files.report).size / 1e6;
  const size: Figure = {
    name: `report.html of ${operations} operations`,
    value: megabytes,
    unit: 'MB',
    wanted: { atMost: 10 },
  };
  const executablePath = findChromium();
  if (executablePath === undefined) {
    say('no chromium at CHROMIUM_BIN or /usr/bin/chromium: nothing was opened');
    return { section: 'report', figures: [size], raw: { operations, megabytes } };
  }
  const opened = await openRepeatedly(executablePath, pathToFileURL(files.report).href);
  const [cpu, wall] = [opened.map((one) => one.cpuSeconds), opened.map((one) => one.wallSeconds)];
  return {
    section: 'report',
    figures: [
      size,
      {
        name: 'CPU time of the page until it can be used',
        value: median(cpu),
        unit: 's',
        wanted: { atMost: 1 },
        detail: `${Math.min(...cpu).toFixed(2)} to ${Math.max(...cpu).toFixed(2)} s of ${openings}`,
      },
      { name: 'the same by the clock on the wall', value: median(wall), unit: 's' },
    ],
    raw: { operations, megabytes, opened },
  };
}

interface Opening {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

async function openRepeatedly(executablePath: string, address: string): Promise<Opening[]> {
  // Those who only run clusters need no playwright.
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  try {
    const page = await browser.newPage({ viewport: { width: 1360, height: 950 } });
    const session = await page.context().newCDPSession(page);
    // Of the page's own thread: other programs on a busy machine do not count.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const workedSeconds = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    };
    const opened: Opening[] = [];
    for (let opening = 0; opening < openings; opening += 1) {
      await page.goto('about:blank');
      const before = await workedSeconds();
      await page.goto(address);
      await page.waitForSelector('body[data-ready]');
      const ready = 'performance.getEntriesByName("report-ready")[0].startTime';
      opened.push({
        cpuSeconds: (await workedSeconds()) - before,
        wallSeconds: (await page.evaluate<number>(ready)) / 1000,
      });
    }
    return opened;
  } finally {
    await browser.close();
  }
}
