/** mqnamesrv: one nameserver, with a controller inside when enableControllerInNamesrv says so. */
import { nameserverProgram } from './nameserver-program.ts';
import { runProgram } from './run-program.ts';

await runProgram(nameserverProgram, process.argv.slice(2));
