import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ClusterView } from '../nemesis.ts';
import { HostWordError, hostsOf } from './host-words.ts';

const view: ClusterView = {
  hosts: [
    { name: 'n1', kind: 'broker' },
    { name: 'n2', kind: 'broker' },
    { name: 'n3', kind: 'broker' },
    { name: 'c1', kind: 'controller' },
    { name: 'c2', kind: 'controller' },
    { name: 'w1', kind: 'client' },
  ],
  states: new Map(),
  master: 'n2',
  masterEpoch: 1,
  syncStateSet: ['n3', 'n2', 'n1'],
  controllerLeader: 'c2',
};
const of = (words: string[], given = new Map<string, string>(), besides: string[] = []) =>
  hostsOf(words, view, given, besides);

describe('the words for hosts', () => {
  it('name roles as they are now', () => {
    assert.deepEqual(of(['master']), ['n2']);
    assert.deepEqual(of(['slave', 'other-slave']), ['n1', 'n3']);
    assert.deepEqual(of(['controller-leader']), ['c2']);
    assert.deepEqual(of(['other-controllers']), ['c1']);
  });

  it('name groups, and everybody else', () => {
    assert.deepEqual(of(['brokers']), ['n1', 'n2', 'n3']);
    assert.deepEqual(of(['controllers', 'clients']), ['c1', 'c2', 'w1']);
    assert.deepEqual(of(['rest'], new Map(), ['n1', 'c1']), ['n2', 'n3', 'c2', 'w1']);
    assert.equal(of(['all']).length, 6);
  });

  it('name hosts, those the script named first, each once', () => {
    assert.deepEqual(of(['m', 'n3', 'm'], new Map([['m', 'n1']])), ['n1', 'n3']);
  });

  it('mean somebody, or say why not', () => {
    assert.throws(() => of(['n9']), /no host and no word "n9"; hosts: n1, n2/);
    assert.throws(
      () => hostsOf(['slave'], { ...view, syncStateSet: ['n2'] }, new Map()),
      (error) => error instanceof HostWordError && /"slave" is nobody now: master n2/.test(error.message),
    );
  });
});
