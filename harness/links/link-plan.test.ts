import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HostsTable } from '../../cluster/runtime/os/hosts-table.ts';
import { clusterHosts } from '../deployment/cluster-hosts.ts';
import { hostsTableOf, LinkPlanError, planLinks, podHostsTable, probePort } from './link-plan.ts';

const hosts = clusterHosts({ brokers: 3, controllers: 3, clients: 4 });

describe('the links of a cluster, in the address form', () => {
  const plan = planLinks(hosts, { form: 'addresses', slot: 7 });
  const named = (name: string) => plan.proxies.find((proxy) => proxy.name === name);

  it('give each pair of hosts an address that names both', () => {
    assert.deepEqual(named('n1-c2-9878'), {
      name: 'n1-c2-9878',
      source: 'n1',
      destination: 'c2',
      port: 9878,
      listen: '127.7.1.102:9878',
      upstream: '127.7.102.102:9878',
    });
  });

  it('never use one address and port twice', () => {
    const listens = plan.proxies.map(({ listen }) => listen);
    assert.equal(new Set(listens).size, listens.length);
    const direct = new Set(plan.proxies.map(({ upstream }) => upstream));
    assert.ok(!listens.some((listen) => direct.has(listen)));
  });

  it('lead from every host to every server, by the probe port at least, and to no client', () => {
    const pairs = new Set(
      plan.proxies
        .filter(({ port }) => port === probePort)
        .map((proxy) => `${proxy.source}>${proxy.destination}`),
    );
    assert.equal(pairs.size, 6 * 5 + 4 * 6);
    assert.deepEqual(
      plan.proxies.filter(({ destination }) => destination.startsWith('w')),
      [],
    );
  });

  it('let only brokers dial the port of replication', () => {
    const sources = plan.proxies.filter(({ port }) => port === 10912).map(({ source }) => source);
    assert.deepEqual([...new Set(sources)], ['n1', 'n2', 'n3']);
  });

  it('give each source its own table, in which it stands itself directly', () => {
    const table = HostsTable.parse(hostsTableOf(plan, 'w2', new Map()).join('\n'), 'test');
    assert.deepEqual(table.resolve({ host: 'n3', port: 10911 }), { host: '127.7.202.3', port: 10911 });
    assert.deepEqual(table.resolve({ host: 'c1', port: 9876 }), { host: '127.7.202.101', port: 9876 });
    assert.deepEqual(table.resolve({ host: 'w2', port: probePort }), {
      host: '127.7.202.202',
      port: probePort,
    });
  });

  it('refuse more client hosts than there are addresses', () => {
    const many = clusterHosts({ brokers: 1, controllers: 1, clients: 55 });
    assert.throws(() => planLinks(many, { form: 'addresses', slot: 1 }), LinkPlanError);
  });
});

describe('the links of a cluster, in the port form', () => {
  const plan = planLinks(hosts, { form: 'ports', portBase: 7002, portCount: 98 });

  it('give each served port of each host a port of 127.0.0.1', () => {
    const direct = [
      plan.directAddress('n1', 10911),
      plan.directAddress('n1', 10912),
      plan.directAddress('c1', 9878),
    ];
    assert.ok(direct.every(({ host }) => host === '127.0.0.1'));
    assert.equal(new Set(direct.map(({ port }) => port)).size, 3);
  });

  it('map name and port to where the proxy really listens', () => {
    const listens = new Map([['n1-c2-9878', '127.0.0.1:40001']]);
    const table = HostsTable.parse(hostsTableOf(plan, 'n1', listens).join('\n'), 'test');
    assert.deepEqual(table.resolve({ host: 'c2', port: 9878 }), { host: '127.0.0.1', port: 40001 });
    assert.deepEqual(table.resolve({ host: 'n1', port: 10911 }), plan.directAddress('n1', 10911));
  });

  it('refuse more hosts than a run has ports', () => {
    const many = clusterHosts({ brokers: 30, controllers: 30, clients: 4 });
    assert.throws(() => planLinks(many, { form: 'ports', portBase: 7002, portCount: 98 }), /need 180 ports/);
  });
});

describe('the links of a cluster of pods', () => {
  const addresses = new Map(hosts.map(({ name }, at) => [name, `172.18.0.${at + 2}`]));
  const plan = planLinks(hosts, { form: 'pods', addresses });

  it('lead from an address within the source to the address of the destination on the network', () => {
    const link = plan.proxies.find(({ name }) => name === 'w1-n2-10911');
    assert.deepEqual([link?.listen, link?.upstream], ['127.1.201.2:10911', '172.18.0.3:10911']);
    assert.throws(() => planLinks(hosts, { form: 'pods', addresses: new Map() }), LinkPlanError);
  });

  it('are what the table of each pod names, whoever it may dial', () => {
    for (const host of hosts) {
      const links = plan.proxies.filter(({ source }) => source === host.name);
      assert.deepEqual(
        new Map(podHostsTable(hosts, host)),
        new Map(links.map(({ destination, listen }) => [destination, listen.replace(/:.*/, '')])),
      );
    }
  });
});
