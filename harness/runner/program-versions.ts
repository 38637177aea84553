/** What ran: for run.json. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release } from 'node:os';

export function programVersions(): Record<string, string> {
  return {
    'rocketmq-jepsen': packageVersion(),
    revision: gitRevision(),
    node: process.versions.node,
    system: `${platform()} ${release()} ${arch()}`,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  };
}

function packageVersion(): string {
  const depth = import.meta.url.includes('/dist/') ? '../../../package.json' : '../../package.json';
  const text = readFileSync(new URL(depth, import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function gitRevision(): string {
  try {
    const git = (...words: string[]) =>
      execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}
