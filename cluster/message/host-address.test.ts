import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { bytesToIp, HostBytes, ipToBytes } from './host-address.ts';

describe('the bytes of an address', () => {
  it('are four for IPv4, and for IPv4 written as IPv6', () => {
    assert.deepEqual([...ipToBytes('127.0.0.1')], [127, 0, 0, 1]);
    assert.deepEqual([...ipToBytes('::ffff:10.1.2.3')], [10, 1, 2, 3]);
    assert.equal(bytesToIp(ipToBytes('192.168.0.255')), '192.168.0.255');
  });

  it('are sixteen for IPv6', () => {
    assert.equal(bytesToIp(ipToBytes('fe80::1:2')), 'fe80:0:0:0:0:0:1:2');
    assert.equal(bytesToIp(ipToBytes('1:2:3:4:5:6:7:8')), '1:2:3:4:5:6:7:8');
    assert.equal(bytesToIp(ipToBytes('::')), '0:0:0:0:0:0:0:0');
    assert.equal(bytesToIp(ipToBytes('fe80::1%eth0')), 'fe80:0:0:0:0:0:0:1');
  });

  it('are zeros for a name and for what is no address', () => {
    for (const name of ['w1', '', '1::2::3', '1:2', '::xyz', '1:2:3:4:5:6:7:8:9']) {
      assert.equal(bytesToIp(ipToBytes(name)), '0.0.0.0', name);
    }
  });

  it('are remembered, within a limit', () => {
    const hosts = new HostBytes();
    const first = hosts.of('10.0.0.1');
    assert.equal(hosts.of('10.0.0.1'), first);
    for (let host = 0; host < 1024; host += 1) hosts.of(`10.1.${host >> 8}.${host & 255}`);
    assert.notEqual(hosts.of('10.0.0.1'), first);
    assert.deepEqual(hosts.of('10.0.0.1'), first);
  });
});
