import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { clusterHosts, presentHosts } from './cluster-hosts.ts';

const plan = { brokers: 2, controllers: 1, clients: 1 };
const names = (hosts: readonly { readonly name: string }[]) => hosts.map(({ name }) => name);

describe('the hosts of a cluster', () => {
  it('have spare ones behind the last of their kind, where the plan wants them', () => {
    assert.deepEqual(names(clusterHosts(plan)), ['n1', 'n2', 'c1', 'w1']);
    const hosts = clusterHosts({ ...plan, spareBrokers: 1, spareControllers: 1 });
    assert.deepEqual(names(hosts), ['n1', 'n2', 'n3', 'c1', 'c2', 'w1']);
    assert.deepEqual(names(hosts.filter(({ isSpare }) => isSpare === true)), ['n3', 'c2']);
  });

  it('are the spare ones, too, from their start on', () => {
    const hosts = clusterHosts({ ...plan, spareBrokers: 1 });
    const seen = (state: 'absent' | 'running') =>
      presentHosts(
        hosts,
        new Map([
          ['n1', 'absent'],
          ['n3', state],
        ]),
      );
    assert.deepEqual(names(seen('absent').hosts), ['n1', 'n2', 'c1', 'w1']);
    assert.deepEqual(names(seen('absent').spares ?? []), ['n3']);
    assert.deepEqual(names(seen('running').hosts), ['n1', 'n2', 'n3', 'c1', 'w1']);
    assert.equal(seen('running').spares, undefined);
  });
});
