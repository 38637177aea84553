/** What ran: for run.json. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release } from 'node:os';
import { projectRoot } from '../project-root.ts';

let known: Readonly<Record<string, string>> | undefined;

/** Asked once: a process that runs many seeds would ask git as often, and what runs is what was loaded. */
export function programVersions(): Record<string, string> {
  known ??= askedVersions();
  return { ...known };
}

function askedVersions(): Record<string, string> {
  return {
    'rocketmq-jepsen': packageVersion(),
    revision: gitRevision(),
    node: process.versions.node,
    system: `${platform()} ${release()} ${arch()}`,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  };
}

function packageVersion(): string {
  const text = readFileSync(new URL('package.json', projectRoot()), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function gitRevision(): string {
  try {
    const git = (...words: string[]) =>
      execFileSync('git', words, {
        cwd: projectRoot(),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}
