import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type ConfigKey, ConfigValueError, readConfig } from './config-key.ts';

const keys = [
  { name: 'listenPort', kind: 'int', default: 9876, min: 1, max: 65535, doc: 'The port.' },
  { name: 'maxOffset', kind: 'long', default: 0, doc: 'An offset.' },
  { name: 'notify', kind: 'boolean', default: true, doc: 'Whether to tell.' },
  { name: 'storePath', kind: 'string', default: '/tmp', doc: 'Where.' },
  { name: 'type', kind: 'enum', default: 'DLedger', values: ['DLedger'], doc: 'Which.' },
] as const satisfies readonly ConfigKey[];

function read(key: string, value: string) {
  return readConfig(keys, new Map([[key, value]]));
}

describe('a table of config keys', () => {
  it('gives the defaults of an empty file', () => {
    assert.deepEqual(readConfig(keys, new Map()), {
      listenPort: 9876,
      maxOffset: 0,
      notify: true,
      storePath: '/tmp',
      type: 'DLedger',
    });
  });

  it('reads each kind, blanks around a value left out', () => {
    assert.equal(read('listenPort', ' 65535 ').listenPort, 65535);
    assert.equal(read('maxOffset', '9007199254740991').maxOffset, 9007199254740991);
    assert.equal(read('notify', 'false').notify, false);
    assert.equal(read('storePath', '/a b').storePath, '/a b');
    assert.equal(read('type', 'DLedger').type, 'DLedger');
  });

  it('says of a bad value which key, what was wanted and what came', () => {
    for (const [key, value, wanted] of [
      ['listenPort', '0', /an integer from 1 to 65535/],
      ['listenPort', '65536', /an integer from 1 to 65535/],
      ['listenPort', '98x', /an integer from 1 to 65535/],
      ['listenPort', '', /an integer/],
      ['maxOffset', '9007199254740992', /an integer/],
      ['notify', 'yes', /true or false/],
      ['type', 'jRaft', /one of DLedger/],
    ] as const) {
      assert.throws(
        () => read(key, value),
        (error) =>
          error instanceof ConfigValueError &&
          error.key === key &&
          error.got === value &&
          wanted.test(error.message),
      );
    }
  });

  it('leaves keys that are not in the table alone', () => {
    assert.equal(read('unknownKey', 'x').listenPort, 9876);
  });
});
