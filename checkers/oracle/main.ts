/**
 * npm run oracle: every judge beside its naive definition on many small random histories.
 *
 *   npm run oracle -- [--seed N] [--histories N] [NAME...]
 */
import { parseArgs } from 'node:util';
import { compareMany, oracles } from './oracle-registry.ts';

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    histories: { type: 'string', default: '100000' },
  },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !oracles.some((oracle) => oracle.name === name));
if (unknown !== undefined) {
  process.stderr.write(`no judge "${unknown}". Known: ${oracles.map(({ name }) => name).join(', ')}\n`);
  process.exit(254);
}
let disagreed = 0;
for (const oracle of oracles) {
  if (positionals.length > 0 && !positionals.includes(oracle.name)) continue;
  const { name, histories, refused, disagreements } = compareMany(
    oracle,
    Number(values.seed),
    Number(values.histories),
  );
  disagreed += disagreements.length;
  process.stdout.write(
    `${name.padEnd(26)} ${histories} histories, ${refused} refused, ${disagreements.length} disagreements\n`,
  );
  const [first] = disagreements;
  if (first !== undefined) process.stdout.write(`${JSON.stringify(first, null, 1)}\n`);
}
process.exitCode = disagreed === 0 ? 0 : 1;
