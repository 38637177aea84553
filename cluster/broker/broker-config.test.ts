import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ConfigValueError, readConfig } from '../runtime/config-key.ts';
import {
  brokerConfigKeys,
  brokerKeysWithoutEffect,
  brokerLiveKeys,
  builtInTopics,
  completeBrokerConfig,
} from './broker-config.ts';

const minimal = { enableControllerMode: 'true', controllerAddr: 'c1:9878; c2:9878 ;' };

function complete(values: Readonly<Record<string, string>>) {
  const read = readConfig(brokerConfigKeys, new Map(Object.entries(values)));
  return completeBrokerConfig(read, { nodeId: 'n1', home: '/root' });
}

describe('the configuration of a broker', () => {
  it('needs the controllers only, and follows from the node where nothing is said', () => {
    const config = complete(minimal);
    deepEqual(config.controllerAddresses, ['c1:9878', 'c2:9878']);
    deepEqual(config.namesrvAddresses, []);
    deepEqual([config.brokerName, config.brokerIP1, config.brokerIP2], ['n1', 'n1', 'n1']);
    deepEqual([config.listenPort, config.haListenPort], [10911, 10912]);
    equal(config.storePathRootDir, '/root/store');
    equal(config.storePathCommitLog, '/root/store/commitlog');
    equal(config.storePathEpochFile, '/root/store/epochFileCheckpoint');
    equal(config.storePathBrokerIdentity, '/root/store/brokerIdentity');
  });

  it('is safe by default: every replica in sync acknowledges, reads wait for a set key', () => {
    const config = complete(minimal);
    deepEqual([config.allAckInSyncStateSet, config.linearizableRead], [true, false]);
    deepEqual([config.brokerHeartbeatInterval, config.controllerHeartBeatTimeoutMills], [150, 1500]);
  });

  it('keeps what is said', () => {
    const config = complete({
      ...minimal,
      listenPort: '30911',
      brokerIP2: 'h1',
      storePathRootDir: '/d',
      storePathEpochFile: '/e',
    });
    deepEqual([config.haListenPort, config.brokerIP2, config.storePathEpochFile], [30912, 'h1', '/e']);
  });

  it('refuses modes that are not served, and addresses that are none', () => {
    for (const [values, key] of [
      [{ controllerAddr: 'c1:9878' }, 'enableControllerMode'],
      [{ ...minimal, enableDLegerCommitLog: 'true' }, 'enableDLegerCommitLog'],
      [{ ...minimal, controllerAddr: '' }, 'controllerAddr'],
      [{ ...minimal, controllerAddr: 'c1' }, 'controllerAddr'],
      [{ ...minimal, namesrvAddr: 'c1:99999' }, 'namesrvAddr'],
    ] as const) {
      throws(
        () => complete(values),
        (error) => error instanceof ConfigValueError && error.key === key,
        key,
      );
    }
  });

  it('explains every key, names none twice, and calls no unknown key changeable', () => {
    const names = brokerConfigKeys.map((key) => key.name);
    equal(new Set(names).size, names.length);
    for (const key of brokerConfigKeys) equal(key.doc.length > 10, true, key.name);
    for (const name of brokerLiveKeys) equal((names as string[]).includes(name), true, name);
    for (const name of brokerKeysWithoutEffect) equal((names as string[]).includes(name), false, name);
  });

  it('decides whether sends may make topics', () => {
    const perm = (values: Readonly<Record<string, string>>) =>
      builtInTopics(complete(values)).find((topic) => topic.topicName === 'TBW102')?.perm;
    equal(perm(minimal), 7);
    equal(perm({ ...minimal, autoCreateTopicEnable: 'false' }), 6);
  });
});
