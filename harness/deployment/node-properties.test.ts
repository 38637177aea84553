import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ClusterPlan } from './deployment.ts';
import { brokerProperties, controllerProperties, nameServersOf } from './node-properties.ts';

const plan: ClusterPlan = {
  brokerName: 'broker-a',
  clusterName: 'jepsen',
  brokers: 3,
  controllers: 3,
  clients: 2,
  flush: 'SYNC_FLUSH',
  minInSyncReplicas: 2,
  seededBugs: [],
  brokerProperties: { minInSyncReplicas: '3', mappedFileSizeCommitLog: '1048576' },
  controllerProperties: { controllerElectionTimeoutMs: '300' },
};

describe('the properties of a node', () => {
  it('name hosts, never addresses', () => {
    assert.equal(nameServersOf(plan), 'c1:9876;c2:9876;c3:9876');
    const controller = controllerProperties(plan, 'c2', '/data');
    assert.equal(controller.get('controllerDLegerPeers'), 'c1-c1:9878;c2-c2:9878;c3-c3:9878');
    assert.equal(controller.get('controllerDLegerSelfId'), 'c2');
    assert.equal(controller.get('bindAddress'), 'c2');
    const broker = brokerProperties(plan, 'n3', '/data');
    assert.equal(broker.get('brokerIP1'), 'n3');
    assert.equal(broker.get('controllerAddr'), 'c1:9878;c2:9878;c3:9878');
    assert.equal(broker.get('storePathRootDir'), '/data/store');
    assert.equal(broker.get('flushDiskType'), 'SYNC_FLUSH');
  });

  it('take extra keys, which win', () => {
    assert.equal(brokerProperties(plan, 'n1', '/data').get('minInSyncReplicas'), '3');
    assert.equal(brokerProperties(plan, 'n1', '/data').get('mappedFileSizeCommitLog'), '1048576');
    assert.equal(controllerProperties(plan, 'c1', '/data').get('controllerElectionTimeoutMs'), '300');
  });
});
