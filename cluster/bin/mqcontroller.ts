/** mqcontroller: one controller by itself. */
import {
  type ControllerConfig,
  controllerConfigKeys,
  parseControllerConfig,
} from '../controller/controller-config.ts';
import { ControllerServer } from '../controller/controller-server.ts';
import type { Program } from './program.ts';
import { runProgram } from './run-program.ts';

const program: Program<ControllerConfig> = {
  name: 'mqcontroller',
  what: 'A controller: one of a group that agrees on the master and the replicas in sync of every broker set.',
  hasNameservers: false,
  known: { keys: controllerConfigKeys },
  configure: (values) => parseControllerConfig(values),
  start: async (runtime, config) => {
    const controller = new ControllerServer(runtime, config);
    runtime.trace.emit('node-started', {});
    const address = await controller.start();
    runtime.trace.emit('node-ready');
    runtime.trace.log(
      'info',
      `The Controller boot success. serializeType=JSON, address ${address.host}:${address.port}`,
    );
    return controller;
  },
};

await runProgram(program, process.argv.slice(2));
