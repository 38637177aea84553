/** mqnamesrv as a program: one nameserver, with a controller inside when enableControllerInNamesrv says so. */
import {
  type ControllerConfig,
  controllerConfigKeys,
  parseControllerConfig,
} from '../controller/controller-config.ts';
import { NameServer } from '../nameserver/nameserver.ts';
import {
  type NameServerConfig,
  nameServerConfigKeys,
  parseNameServerConfig,
} from '../nameserver/nameserver-config.ts';
import type { Program } from './program.ts';

type Config = NameServerConfig & { readonly controller: ControllerConfig | undefined };

const nameserverKeyNames: ReadonlySet<string> = new Set(nameServerConfigKeys.map(({ name }) => name));

export const nameserverProgram: Program<Config> = {
  name: 'mqnamesrv',
  what: 'A nameserver: tells clients where topics live. With enableControllerInNamesrv=true a controller runs in it.',
  hasNameservers: false,
  known: {
    keys: [
      ...nameServerConfigKeys,
      ...controllerConfigKeys.filter(({ name }) => !nameserverKeyNames.has(name)),
    ],
  },
  configure: (values) => {
    const config = parseNameServerConfig(values);
    return {
      ...config,
      controller: config.enableControllerInNamesrv ? parseControllerConfig(values) : undefined,
    };
  },
  start: async (runtime, config) => {
    const nameserver = new NameServer(runtime, config, config.controller);
    runtime.trace.emit('node-started', {});
    const address = await nameserver.start();
    runtime.trace.emit('node-ready');
    runtime.trace.log(
      'info',
      `The Name Server boot success. serializeType=JSON, address ${address.host}:${address.port}${
        config.controller === undefined
          ? ''
          : `, controller ${config.controller.controllerDLegerSelfId} on port ${config.controller.listen.port}`
      }`,
    );
    return nameserver;
  },
};
