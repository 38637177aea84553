import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkFrame, type FrameCheckInput } from './frame-check.ts';

const input = (
  header: Partial<FrameCheckInput['header']>,
  over: Partial<FrameCheckInput> = {},
): FrameCheckInput => ({
  header: { offset: 20, epoch: 2, epochStartOffset: 10, confirmOffset: 0, ...header },
  epochs: [
    { epoch: 1, startOffset: 0 },
    { epoch: 2, startOffset: 10 },
  ],
  maxOffset: 20,
  followedEpoch: 4,
  ...over,
});

describe('a transfer frame', () => {
  it('goes on where the log ends', () => {
    assert.equal(checkFrame(input({})).kind, 'known-epoch');
    assert.equal(checkFrame(input({ offset: 19 })).kind, 'refuse');
    assert.equal(checkFrame(input({ offset: 21 })).kind, 'refuse');
  });

  it('B18: a new epoch is learned by what the log has, not by what the connection remembers', () => {
    const relearned = checkFrame(
      input({ offset: 10 }, { maxOffset: 10, epochs: [{ epoch: 1, startOffset: 0 }] }),
    );
    assert.deepEqual(relearned, { kind: 'new-epoch', entry: { epoch: 2, startOffset: 10 } });
  });

  it('S7: a new epoch starts where the log ends', () => {
    assert.equal(checkFrame(input({ epoch: 3, epochStartOffset: 20 })).kind, 'new-epoch');
    assert.equal(checkFrame(input({ epoch: 3, epochStartOffset: 18 })).kind, 'refuse');
    assert.equal(checkFrame(input({ epoch: 3, epochStartOffset: 22 })).kind, 'refuse');
  });

  it('S3: a known epoch keeps its start', () => {
    assert.equal(checkFrame(input({ epochStartOffset: 12 })).kind, 'refuse');
  });

  it('B20, S6: bytes under an older label are refused', () => {
    assert.equal(checkFrame(input({ epoch: 1, epochStartOffset: 0 })).kind, 'refuse');
  });

  it('B71: bytes of a newer master than the one followed are refused', () => {
    assert.equal(checkFrame(input({ epoch: 5, epochStartOffset: 20 })).kind, 'refuse');
  });

  it('an empty log begins where the master’s does', () => {
    const empty = { maxOffset: 0, epochs: [] };
    assert.equal(checkFrame(input({ offset: 500, epochStartOffset: 300 }, empty)).kind, 'new-epoch');
    assert.equal(checkFrame(input({ offset: 500, epochStartOffset: 600 }, empty)).kind, 'refuse');
  });
});
