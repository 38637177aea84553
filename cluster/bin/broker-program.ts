/** mqbroker as a program: one broker. */
import { Broker } from '../broker/broker.ts';
import {
  type BrokerConfig,
  brokerConfigKeys,
  brokerKeysWithoutEffect,
  completeBrokerConfig,
} from '../broker/broker-config.ts';
import { readConfig } from '../runtime/config-key.ts';
import type { Program } from './program.ts';

export const brokerProgram: Program<BrokerConfig> = {
  name: 'mqbroker',
  what: 'A broker of a controller-mode group: stores messages, replicates them, takes its role from the controllers.',
  hasNameservers: true,
  known: { keys: brokerConfigKeys, withoutEffect: brokerKeysWithoutEffect },
  configure: (values, environment, commandLine) => {
    const nameservers = commandLine.nameservers ?? values.get('namesrvAddr') ?? environment.nameservers;
    const all = new Map(values);
    if (nameservers !== undefined) all.set('namesrvAddr', nameservers);
    return completeBrokerConfig(readConfig(brokerConfigKeys, all), environment);
  },
  start: async (runtime, config, broke) => {
    const broker = new Broker(runtime, config, broke);
    await broker.start();
    return broker;
  },
};
