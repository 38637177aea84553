/** mqbroker: one broker. */
import { brokerProgram } from './broker-program.ts';
import { runProgram } from './run-program.ts';

await runProgram(brokerProgram, process.argv.slice(2));
