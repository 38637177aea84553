import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { OutgoingRequest } from '../../cluster/remoting/remoting-server.ts';
import type { Asker } from './asker.ts';
import { groupInSync, requestsAnswered, routesKnown } from './cluster-conditions.ts';
import { observeRoles } from './observe-roles.ts';

/** Answers by address: a body as JSON, a response code, or silence. */
function asker(answers: Readonly<Record<string, unknown>>): Asker {
  return {
    request: (address: string, _request: OutgoingRequest) => {
      const answer = answers[address];
      if (answer === undefined) return Promise.reject(new Error(`${address} is silent`));
      const isCode = typeof answer === 'number';
      const body = isCode ? null : new TextEncoder().encode(JSON.stringify(answer));
      return Promise.resolve({
        code: isCode ? answer : 0,
        language: 'OTHER',
        version: 0,
        opaque: 1,
        flag: 1,
        remark: null,
        extFields: null,
        body,
        serialization: 'json',
      });
    },
  };
}

const roles = {
  master: 'n1',
  masterEpoch: 1,
  syncStateSet: ['n1', 'n2', 'n3'],
  controllerLeader: 'c1',
  brokerIds: {},
};

describe('a group in sync', () => {
  it('has a leading controller, a master and every broker in the SyncStateSet', () => {
    assert.equal(groupInSync(roles, ['n1', 'n2', 'n3']), undefined);
    assert.equal(groupInSync({ ...roles, controllerLeader: undefined }, ['n1']), 'no controller leads');
    assert.equal(groupInSync({ ...roles, master: undefined }, ['n1']), 'no broker is master');
    assert.equal(
      groupInSync({ ...roles, syncStateSet: ['n1'] }, ['n1', 'n2', 'n3']),
      'not in the SyncStateSet: n2, n3; master is n1',
    );
  });
});

describe('known routes', () => {
  const route = (address: string) => ({ brokerDatas: [{ brokerAddrs: { 0: address, 2: 'n2:10911' } }] });

  it('lead to the master, at every nameserver', async () => {
    const all = asker({ 'c1:9876': route('n1:10911'), 'c2:9876': route('n1:10911') });
    assert.equal(await routesKnown(all, ['c1', 'c2'], 't', 'n1'), undefined);
  });

  it('are missing where one nameserver knows another master, none, or is silent', async () => {
    const some = asker({ 'c1:9876': route('n1:10911'), 'c2:9876': route('n3:10911'), 'c3:9876': {} });
    assert.equal(await routesKnown(some, ['c1', 'c2'], 't', 'n1'), 'c2 has no route to n1 yet');
    assert.equal(await routesKnown(some, ['c3'], 't', 'n1'), 'c3 has no route to n1 yet');
    assert.equal(await routesKnown(some, ['c4'], 't', 'n1'), 'c4: c4:9876 is silent');
  });
});

describe('answered requests', () => {
  const holds = (unansweredRequests: unknown) => ({ table: { unansweredRequests } });

  it('leave the question itself at most', async () => {
    const all = asker({ 'n1:10911': holds('1'), 'n2:10911': holds('0') });
    assert.equal(await requestsAnswered(all, ['n1', 'n2']), undefined);
  });

  it('are not known of a broker that holds more, does not say, or is silent', async () => {
    const some = asker({ 'n1:10911': holds('2'), 'n2:10911': { table: {} } });
    assert.equal(await requestsAnswered(some, ['n1']), 'n1 holds 2 unanswered requests');
    assert.equal(await requestsAnswered(some, ['n2']), 'n2 holds NaN unanswered requests');
    assert.equal(await requestsAnswered(some, ['n3']), 'n3: n3:10911 is silent');
  });
});

describe('observed roles', () => {
  const replica = (brokerId: number, alive = true) => ({
    brokerId,
    brokerAddress: `n${brokerId}:10911`,
    alive,
  });
  const info = (fields: object) => ({
    replicasInfoTable: {
      'broker-a': {
        masterBrokerId: 2,
        masterAddress: 'n2:10911',
        masterEpoch: 4,
        syncStateSetEpoch: 9,
        inSyncReplicas: [replica(2), replica(1)],
        notInSyncReplicas: [replica(3)],
        ...fields,
      },
    },
  });

  it('are those of the controller that can answer', async () => {
    const seen = await observeRoles(
      asker({ 'c1:9878': 2007, 'c3:9878': info({}) }),
      ['c1', 'c2', 'c3'],
      'broker-a',
    );
    assert.deepEqual(seen, {
      master: 'n2',
      masterEpoch: 4,
      syncStateSet: ['n2', 'n1'],
      controllerLeader: 'c3',
      brokerIds: { 1: 'n1', 2: 'n2', 3: 'n3' },
    });
  });

  it('have no master while the recorded one is dead', async () => {
    const seen = await observeRoles(
      asker({ 'c1:9878': info({ inSyncReplicas: [replica(2, false)] }) }),
      ['c1'],
      'broker-a',
    );
    assert.equal(seen.master, undefined);
    assert.equal(seen.controllerLeader, 'c1');
  });

  it('are unknown while no controller answers, and empty before the first broker', async () => {
    assert.equal((await observeRoles(asker({}), ['c1', 'c2'], 'broker-a')).controllerLeader, undefined);
    const early = await observeRoles(asker({ 'c1:9878': { replicasInfoTable: {} } }), ['c1'], 'broker-a');
    assert.deepEqual([early.controllerLeader, early.master, early.syncStateSet], ['c1', undefined, []]);
  });
});
