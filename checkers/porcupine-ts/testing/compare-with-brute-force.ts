/** `node compare-with-brute-force.js [histories] [first seed]`: exit code 1 at the first disagreement, whose seed it prints. */
import { compareOne, type Tally } from './disagreements.ts';

const typed = process.argv.slice(2);
const wrong = typed.find((text) => !/^\d{1,9}$/.test(text));
if (wrong !== undefined) {
  process.stderr.write(`oracle: wanted whole numbers, [histories] [first seed], got "${wrong}"\n`);
  process.exit(254);
}
const [histories = 1_000_000, first = 0] = typed.map(Number);
const tally: Tally = { histories: 0, legal: 0, illegal: 0, unanswered: 0 };
const started = performance.now();
for (let seed = first; seed < first + histories; seed += 1) {
  compareOne(seed, tally);
  if (tally.histories % 100_000 === 0) report();
}
report();

function report(): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `${tally.histories} histories, both engines, no disagreement: ${tally.legal} legal, ${tally.illegal} illegal, ${tally.unanswered} with lost answers; ${seconds} s\n`,
  );
}
