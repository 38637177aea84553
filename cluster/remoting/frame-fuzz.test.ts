import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { SimRandom } from '../../harness/deployment/sim/sim-random.ts';
import { FrameDecoder } from './frame.ts';
import { FrameError } from './frame-error.ts';
import { SendRequestReader } from './header/send-message-request.ts';
import { HeaderError } from './header-error.ts';

const recorded = readFileSync('cluster/remoting/fixtures/frames.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => Buffer.from(JSON.parse(line).frame, 'base64'));

/** Feeds in random chunks; counts what came of it. Anything but a command or a FrameError is a failure. */
function feed(random: SimRandom, bytes: Uint8Array, isLazy: boolean): 'frames' | 'nothing' | 'refused' {
  const decoder = new FrameDecoder(undefined, isLazy);
  let commands = 0;
  try {
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + random.below(2000);
      decoder.feed(bytes.subarray(at, at + size), (command) => {
        commands++;
        assert(Number.isInteger(command.code) && Number.isInteger(command.opaque));
        for (const value of Object.values(command.extFields ?? {})) assert.equal(typeof value, 'string');
        try {
          new SendRequestReader().read(command);
        } catch (error) {
          assert(error instanceof HeaderError, String(error));
        }
      });
      at += size;
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return 'refused';
  }
  return commands > 0 ? 'frames' : 'nothing';
}

function mutate(random: SimRandom, frame: Buffer): Buffer {
  const bytes = Buffer.from(frame);
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(random.oneIn(3) ? Math.min(8, bytes.length) : bytes.length);
    bytes[at] = random.oneIn(2) ? random.below(256) : (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return random.oneIn(4) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

describe('a frame decoder under random bytes', () => {
  it('finds a frame, waits for more or refuses, and never does anything else', () => {
    const random = SimRandom.fromSeed(11);
    const outcomes = { frames: 0, nothing: 0, refused: 0 };
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(Array.from({ length: 1 + random.below(64) }, () => random.below(256)));
      // Half of them with a length that is believable.
      if (random.oneIn(2) && bytes.length > 8) bytes.writeInt32BE(bytes.length - 4, 0);
      outcomes[feed(random, bytes, false)]++;
    }
    assert(outcomes.refused > 10_000 && outcomes.nothing > 100, JSON.stringify(outcomes));
  });

  for (const isLazy of [false, true]) {
    it(`copes with mutations of recorded frames, ${isLazy ? 'lazily' : 'at once'}`, () => {
      const random = SimRandom.fromSeed(12);
      const outcomes = { frames: 0, nothing: 0, refused: 0 };
      for (let round = 0; round < 10_000; round++) {
        const frame = recorded[random.below(recorded.length)];
        assert(frame !== undefined);
        outcomes[feed(random, mutate(random, frame), isLazy)]++;
      }
      const all = JSON.stringify(outcomes);
      assert(outcomes.frames > 1000 && outcomes.refused > 1000 && outcomes.nothing > 100, all);
    });
  }
});
