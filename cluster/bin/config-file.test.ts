import { deepEqual, equal, throws } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { brokerConfigKeys, brokerKeysWithoutEffect, completeBrokerConfig } from '../broker/broker-config.ts';
import { controllerConfigKeys, parseControllerConfig } from '../controller/controller-config.ts';
import { nameServerConfigKeys, parseNameServerConfig } from '../nameserver/nameserver-config.ts';
import { type ConfigKey, ConfigValueError, readConfig } from '../runtime/config-key.ts';
import { closestName } from './closest-name.ts';
import { CommandLineError, helpText, parseCommandLine } from './command-line.ts';
import { ConfigFileError, readConfigFile } from './config-file.ts';
import { NodeEnvironmentError, readNodeEnvironment } from './node-environment.ts';

const keys = [
  { name: 'listenPort', kind: 'int', default: 1, min: 1, max: 65535, doc: 'A port.' },
  { name: 'brokerName', kind: 'string', default: '', doc: 'A name.' },
] as const satisfies readonly ConfigKey[];

function read(text: string) {
  return readConfigFile('x.conf', text, { keys, withoutEffect: new Set(['deleteWhen']) });
}

describe('a configuration file', () => {
  it('gives the values it sets, the last one where a key stands twice', () => {
    deepEqual(
      [...read('brokerName = a \nlistenPort=2\nlistenPort=3').values],
      [
        ['brokerName', 'a'],
        ['listenPort', '3'],
      ],
    );
  });

  it('warns once of an unknown key, and says which one may be meant', () => {
    const { warnings } = read('listenPrt=1\nlistenPrt=2\nqqqqqqqqqq=1\ndeleteWhen=04\n');
    deepEqual(warnings, [
      'x.conf:1: unknown key "listenPrt" is passed over; did you mean "listenPort"?',
      'x.conf:3: unknown key "qqqqqqqqqq" is passed over',
      'x.conf:4: key "deleteWhen" has no effect here',
    ]);
  });

  it('with a bad value names file, line, key, what was wanted and what came', () => {
    throws(
      () => read('# comment\nlistenPort=many\n'),
      (error) =>
        error instanceof ConfigFileError &&
        error.message === 'x.conf:2: key "listenPort": wanted an integer from 1 to 65535, got "many"',
    );
  });

  it('finds the line of a value that is refused later, or the file alone', () => {
    const file = read('\nbrokerName=x\n');
    equal(file.located(new ConfigValueError('brokerName', 'a', 'x')).message.startsWith('x.conf:2: '), true);
    equal(file.located(new ConfigValueError('other', 'a', '')).message.startsWith('x.conf: key'), true);
  });
});

describe('the configuration files of the project', () => {
  const files = readdirSync('cluster/conf').filter((name) => name.endsWith('.conf'));

  it('are there for three nameservers and three brokers', () => {
    equal(files.filter((name) => name.startsWith('namesrv-')).length, 3);
    equal(files.filter((name) => name.startsWith('broker-')).length, 3);
  });

  for (const name of files) {
    it(`${name} is read without a warning`, () => {
      const path = `cluster/conf/${name}`;
      const isBroker = name.startsWith('broker-');
      const known = isBroker
        ? { keys: brokerConfigKeys, withoutEffect: brokerKeysWithoutEffect }
        : { keys: [...nameServerConfigKeys, ...controllerConfigKeys] };
      const { values, warnings } = readConfigFile(path, readFileSync(path, 'utf8'), known);
      deepEqual(warnings, []);
      if (isBroker) {
        completeBrokerConfig(readConfig(brokerConfigKeys, values), { nodeId: 'n1', home: '/' });
      } else {
        equal(parseNameServerConfig(values).enableControllerInNamesrv, true);
        equal(parseControllerConfig(values).peers.size, 3);
      }
    });
  }
});

describe('a misspelt name', () => {
  it('is taken for the nearest one, if there is a near one', () => {
    const known = ['brokerName', 'brokerId', 'listenPort'];
    equal(closestName('brokername', known), 'brokerName');
    equal(closestName('brokerIdd', known), 'brokerId');
    equal(closestName('zzz', known), undefined);
    equal(closestName('', known), undefined);
  });
});

describe('the command line', () => {
  it('has RocketMQ’s options, short and long', () => {
    deepEqual(parseCommandLine(['-c', 'f', '-n', 'a:1', '-p']), {
      configPath: 'f',
      nameservers: 'a:1',
      isPrintWanted: true,
      isHelpWanted: false,
    });
    equal(parseCommandLine(['--configFile', 'f']).configPath, 'f');
    equal(parseCommandLine(['--help']).isHelpWanted, true);
  });

  it('refuses what it does not know', () => {
    throws(() => parseCommandLine(['-x']), CommandLineError);
    throws(() => parseCommandLine(['-c']), CommandLineError);
  });

  it('explains itself', () => {
    equal(helpText('mqbroker', 'A broker.', true).includes('-n, --namesrvAddr'), true);
    equal(helpText('mqnamesrv', 'A nameserver.', false).includes('-n'), false);
  });
});

describe('the environment of a node', () => {
  it('says who it is and where its files are', () => {
    const environment = readNodeEnvironment({
      ROCKETMQ_NODE_ID: 'n1',
      ROCKETMQ_HOSTS_FILE: '/h',
      ROCKETMQ_TRACE_FILE: '/t',
      ROCKETMQ_CLOCK_FILE: '/c',
      ROCKETMQ_TELL_CLOCK_MS: '100',
      ROCKETMQ_SEEDED_BUGS: 'skip-truncation, skip-read-round',
      NAMESRV_ADDR: 'c1:9876',
      HOME: '/root',
    });
    deepEqual(environment, {
      nodeId: 'n1',
      hostsFile: '/h',
      traceFile: '/t',
      clockFile: '/c',
      diskFaults: undefined,
      tellClockMs: 100,
      seededBugs: ['skip-truncation', 'skip-read-round'],
      nameservers: 'c1:9876',
      home: '/root',
    });
  });

  it('may say nothing', () => {
    const environment = readNodeEnvironment({ ROCKETMQ_SEEDED_BUGS: '' });
    deepEqual(
      [environment.nodeId, environment.seededBugs, environment.hostsFile],
      ['127.0.0.1', [], undefined],
    );
  });

  it('names bugs that exist', () => {
    throws(() => readNodeEnvironment({ ROCKETMQ_SEEDED_BUGS: 'no-such' }), NodeEnvironmentError);
  });
});
