import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ConfigValueError } from '../runtime/config-key.ts';
import { controllerConfigKeys, controllerLiveKeys, parseControllerConfig } from './controller-config.ts';
import { LiveConfig } from './live-config.ts';

const required = {
  controllerDLegerGroup: 'group1',
  controllerDLegerPeers: 'n0-c1:9878;n1-c-2.local:9879;n2-10.0.0.3:9880;',
  controllerDLegerSelfId: 'n1',
};

function parse(change: Readonly<Record<string, string>> = {}) {
  return parseControllerConfig(new Map(Object.entries({ ...required, ...change })));
}

describe('the controller’s configuration', () => {
  it('reads the peers, and listens on the port of its own', () => {
    const config = parse({ bindAddress: '127.0.0.1' });
    assert.deepEqual(
      [...config.peers],
      [
        ['n0', 'c1:9878'],
        ['n1', 'c-2.local:9879'],
        ['n2', '10.0.0.3:9880'],
      ],
    );
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 9879 });
  });

  it('refuses unclean elections unless told otherwise', () => {
    assert.equal(parse().enableElectUncleanMaster, false);
  });

  it('says of a wrong value which key it is and what was wanted', () => {
    for (const [change, key, wanted] of [
      [{ controllerDLegerGroup: '' }, 'controllerDLegerGroup', /name of the controller group/],
      [{ controllerDLegerPeers: '' }, 'controllerDLegerPeers', /n0-HOST:PORT/],
      [{ controllerDLegerPeers: 'c1:9878' }, 'controllerDLegerPeers', /n0-HOST:PORT/],
      [{ controllerDLegerPeers: 'n0-c1:99999' }, 'controllerDLegerPeers', /n0-HOST:PORT/],
      [{ controllerDLegerPeers: 'n0-c1:1;n0-c2:2' }, 'controllerDLegerPeers', /n0-HOST:PORT/],
      [{ controllerDLegerSelfId: 'n7' }, 'controllerDLegerSelfId', /n0, n1, n2/],
      [{ controllerType: 'jRaft' }, 'controllerType', /DLedger/],
      [{ scanNotActiveBrokerInterval: '0' }, 'scanNotActiveBrokerInterval', /from 10 to/],
    ] as const) {
      assert.throws(
        () => parse(change),
        (error) => error instanceof ConfigValueError && error.key === key && wanted.test(error.wanted),
      );
    }
  });

  it('changes while the controller runs only where a key allows it, all or nothing', () => {
    const live = new LiveConfig(controllerConfigKeys, controllerLiveKeys, parse());
    assert.equal(live.update('notifyBrokerRoleChanged=false\n', 'configBlackList').code, 0);
    assert.equal(live.current.notifyBrokerRoleChanged, false);
    const refused = live.update('enableElectUncleanMaster=true\ncontrollerStorePath=/tmp\n', '');
    assert.match(refused.remark ?? '', /controllerStorePath.*restart/);
    assert.equal(live.current.enableElectUncleanMaster, false);
    assert.match(live.update('noSuchKey=1\n', '').remark ?? '', /noSuchKey.*unknown/);
    assert.match(live.update('scanNotActiveBrokerInterval=x\n', '').remark ?? '', /wanted an integer/);
    assert.equal(live.update('configBlackList=\n', 'configBlackList;configStorePath').code, 16);
    assert.match(live.text(), /^notifyBrokerRoleChanged=false$/m);
  });
});
