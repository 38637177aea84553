/** npm run digests: the same seeds on Node 20, 22 and 24 must give the same digest of every event. Versions that npx cannot fetch are left out. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nemeses } from '../../nemeses/nemesis-registry.ts';
import { runOfSeed } from '../campaign/campaign-seed.ts';
import { runInSimulation } from '../simulation/run-in-simulation.ts';
import { Terminal } from './terminal.ts';

const versions = [20, 22, 24] as const;
const seeds = [1, 2, 3] as const;
const terminal = new Terminal(process.stderr, process.stdout, process.env);

if (process.argv[2] === 'here') terminal.output(await digestsHere());
else process.exitCode = await compare();

async function digestsHere(): Promise<string> {
  const lines: string[] = [];
  for (const seed of seeds) {
    const base = { kind: 'swarm', fixed: { timeLimitS: 6 }, given: { 'time-limit': '6' } } as const;
    const { plan, schedule } = runOfSeed(base, seed);
    const { digest } = await runInSimulation(plan, { nemeses, schedule });
    lines.push(`seed ${seed} ${digest}\n`);
  }
  return lines.join('');
}

async function compare(): Promise<number> {
  const wanted = await digestsHere();
  terminal.output(`Node ${process.version}\n${wanted}`);
  let code = 0;
  for (const version of versions) {
    const found = await digestsOn(version);
    const sentence =
      found === undefined
        ? 'left out, since npx cannot fetch it'
        : found === wanted
          ? 'the same'
          : `others:\n${found.trimEnd()}`;
    if (found !== undefined && found !== wanted) code = 1;
    terminal.output(`Node ${version}: ${sentence}\n`);
  }
  return code;
}

/** Undefined where there is no such Node to be had; what goes wrong on it is thrown. */
async function digestsOn(version: number): Promise<string | undefined> {
  const node = `node@${version}`;
  const run = (args: readonly string[]) => promisify(execFile)('npx', ['-y', node, ...args]);
  try {
    await run(['--version']);
  } catch {
    return undefined;
  }
  return (await run([fileURLToPath(import.meta.url), 'here'])).stdout;
}
