import assert from 'node:assert/strict';
import { createContext, runInContext } from 'node:vm';
import { describe, it } from 'mocha';
import { inlinedUPlot } from './inlined-library.ts';

describe('a library inside a page', () => {
  it('is a script that stands alone, and cannot end its own element', () => {
    const { script, style } = inlinedUPlot();
    assert.equal(runInContext(`${script}; typeof uPlot`, createContext({})), 'function');
    assert.doesNotMatch(script, /<\/script/i);
    assert.match(style, /\.u-axis/);
    assert.doesNotMatch(style, /<\/style|@import|url\(/i);
  });
});
