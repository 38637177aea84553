/**
 * npm run oracle: every judge beside its naive definition on many small random histories.
 *
 *   npm run oracle -- [--seed N] [--histories N] [NAME...]
 */
import { parseArgs } from 'node:util';
import { compareMany, oracles } from './oracle-registry.ts';

const usage = 'npm run oracle -- [--seed N] [--histories N] [NAME...]';
const exitUsage = 254;

process.exitCode = main(process.argv.slice(2));

function main(argv: readonly string[]): number {
  const asked = read(argv);
  if (typeof asked === 'string') {
    process.stderr.write(
      `oracle: ${asked}\n${usage}\nNames: ${oracles.map(({ name }) => name).join(', ')}\n`,
    );
    return exitUsage;
  }
  let disagreed = 0;
  for (const oracle of asked.chosen) {
    const { name, histories, refused, disagreements } = compareMany(oracle, asked.seed, asked.histories);
    disagreed += disagreements.length;
    process.stdout.write(
      `${name.padEnd(26)} ${histories} histories, ${refused} refused, ${disagreements.length} disagreements\n`,
    );
    const [first] = disagreements;
    if (first !== undefined) process.stdout.write(`${JSON.stringify(first, null, 1)}\n`);
  }
  return disagreed === 0 ? 0 : 1;
}

interface Asked {
  readonly seed: number;
  readonly histories: number;
  readonly chosen: typeof oracles;
}

/** A text is what is wrong with it. */
function read(argv: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: {
        seed: { type: 'string', default: '1' },
        histories: { type: 'string', default: '100000' },
      },
      allowPositionals: true,
    });
    for (const name of ['seed', 'histories'] as const) {
      if (!/^\d{1,9}$/.test(values[name])) return `--${name}: wanted a whole number, got "${values[name]}"`;
    }
    const unknown = positionals.find((name) => !oracles.some((oracle) => oracle.name === name));
    if (unknown !== undefined) return `no judge is called "${unknown}"`;
    const chosen = oracles.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { seed: Number(values.seed), histories: Number(values.histories), chosen };
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
