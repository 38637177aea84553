import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chosenServer, parseToxiproxyChoice } from './toxiproxy-choice.ts';

const found = () => ({ kind: 'found', path: '/bin/toxiproxy-server', from: 'PATH' }) as const;
const missing = () => ({ kind: 'missing', reason: 'none is there' }) as const;

describe('the choice of a Toxiproxy', () => {
  it('has a word, or a kind with a value, or is a URL by itself', () => {
    assert.deepEqual(parseToxiproxyChoice('auto'), { kind: 'auto' });
    assert.deepEqual(parseToxiproxyChoice('embedded'), { kind: 'embedded' });
    assert.deepEqual(parseToxiproxyChoice('binary'), { kind: 'binary', path: undefined });
    assert.deepEqual(parseToxiproxyChoice('binary=/a/b'), { kind: 'binary', path: '/a/b' });
    assert.deepEqual(parseToxiproxyChoice('image=shop/toxi:2'), { kind: 'image', name: 'shop/toxi:2' });
    const url = { kind: 'url', url: 'http://127.0.0.1:8474' };
    assert.deepEqual(parseToxiproxyChoice('url=http://127.0.0.1:8474'), url);
    assert.deepEqual(parseToxiproxyChoice('http://127.0.0.1:8474'), url);
    for (const none of ['', 'embeded', 'binary=', 'url=there', 'http://']) {
      assert.equal(parseToxiproxyChoice(none), undefined, none);
    }
  });

  it('left to itself takes the real one where there is one', () => {
    assert.deepEqual(chosenServer({ kind: 'auto' }, found), {
      kind: 'binary',
      path: '/bin/toxiproxy-server',
    });
    assert.deepEqual(chosenServer({ kind: 'auto' }, missing), { kind: 'embedded' });
    assert.deepEqual(chosenServer({ kind: 'embedded' }, found), { kind: 'embedded' });
  });

  it('for a real one that is not there says what to do', () => {
    assert.throws(
      () => chosenServer({ kind: 'binary', path: undefined }, missing),
      /none is there; --toxiproxy embedded needs nothing$/,
    );
    const path = process.execPath;
    assert.deepEqual(chosenServer({ kind: 'binary', path }, missing), { kind: 'binary', path });
    assert.throws(() => chosenServer({ kind: 'binary', path: '/none' }, missing), /there is no \/none$/);
  });
});
