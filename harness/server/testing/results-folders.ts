/** Folders of results for tests, as small as they can be. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A results folder of its own; `files`: text, or what becomes JSON, by path. */
export class ResultsFolders {
  readonly folder = mkdtempSync(join(tmpdir(), 'results-server-'));

  write(files: Readonly<Record<string, unknown>>): void {
    for (const [path, content] of Object.entries(files)) {
      const place = join(this.folder, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const planOfTests = {
  workload: 'log',
  nemeses: ['kill'],
  deployment: 'process',
  seed: 7,
  timeLimitS: 10,
  rate: 200,
  nodes: 3,
  controllers: 3,
  flush: 'sync',
};

/** run.json of a run whose load took ten seconds. */
export function recordOfTests(plan: object = {}): object {
  return {
    version: 2,
    plan: { ...planOfTests, ...plan },
    finalFromNs: 10e9,
    endNs: 11e9,
    replay: 'npm run jepsen',
  };
}

/** results.json: 1,500 operations ok, 500 sends acknowledged, a fault of kill with a gap of `gapMs`. */
export function resultsOfTests(verdict = 'valid', gapMs = 800, more: object = {}): object {
  const recoveries = [
    { fault: 'kill-1', gap: gapMs * 1e6 },
    { fault: 'kill-2', gap: 100e6 },
  ];
  const byF = { send: { ok: 500 }, pull: { ok: 1000 }, 'replica-pull': { ok: 77 } };
  return {
    version: 2,
    verdict,
    seed: 7,
    anomalies: verdict === 'invalid' ? ['lost-ack-write'] : [],
    phases: { load: 10, healing: 1, judging: 0.5 },
    checkers: [
      { checker: 'stats', verdict: 'valid', evidence: 'enough', facts: { byF, acknowledged: 500 } },
      { checker: 'log/lost', verdict, evidence: 'message "1-2" is gone\nand more', facts: { lost: 1 } },
      { checker: 'availability', verdict: 'valid', evidence: 'fine', facts: { recoveries } },
    ],
    ...more,
  };
}

/** The files of one whole run. */
export function runOfTests(
  path: string,
  verdict = 'valid',
  gapMs = 800,
  plan: object = {},
): Record<string, unknown> {
  return {
    [`${path}/run.json`]: recordOfTests(plan),
    [`${path}/results.json`]: resultsOfTests(verdict, gapMs),
    [`${path}/report.html`]: '<!doctype html><title>report</title><script>document.title = "drawn"</script>',
  };
}
