import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { librariesIn } from './shared-libraries.ts';

describe('the shared libraries of a program', () => {
  it('are those that ldd found, and the loader', () => {
    const printed = [
      '\tlinux-vdso.so.1 (0x00007f17d44d3000)',
      '\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f17d4120000)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f17d44d5000)',
      '',
    ].join('\n');
    assert.deepEqual(librariesIn(printed, 'node'), [
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  it('are none of a static one', () => {
    assert.deepEqual(librariesIn('\tstatically linked\n', 'x'), []);
  });

  it('must all be there', () => {
    assert.throws(() => librariesIn('\tlibz.so.1 => not found\n', 'x'), /x needs libz\.so\.1, which is not/);
  });
});
