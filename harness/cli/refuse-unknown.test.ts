import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UsageError } from '../usage-error.ts';
import { refuseUnknown } from './refuse-unknown.ts';

describe('the names of --checker', () => {
  const known = ['log/linearizable', 'log/lost'];

  it('pass where all are known', () => refuseUnknown(['log/lost', 'log/linearizable'], known));

  it('are refused with the nearest one', () => {
    assert.throws(
      () => refuseUnknown(['log/lost', 'log/linearisable'], known),
      (error: Error) =>
        error instanceof UsageError &&
        error.message ===
          '--checker: no checker "log/linearisable"; did you mean "log/linearizable"? Known: log/linearizable, log/lost',
    );
  });
});
