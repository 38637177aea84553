import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { jsonLines } from '../record/json-lines.ts';
import { mergeTraces } from './merge-traces.ts';

describe('the traces of all nodes', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'merge-traces-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function merged(texts: readonly string[], startMs: number): TraceEvent[] {
    const paths = texts.map((_, at) => join(folder, `${at}.jsonl`));
    for (const [at, path] of paths.entries()) writeFileSync(path, texts[at] ?? '');
    const output = join(folder, 'trace.jsonl');
    mergeTraces([...paths, join(folder, 'missing.jsonl')], startMs, output);
    return [...jsonLines<TraceEvent>(output)];
  }

  it('stand in order of time, on the clock of the run', () => {
    const events = merged(
      [
        '{"mono":1005,"node":"n1","event":"b"}\n{"mono":1009,"node":"n1","event":"d","x":7}\n',
        '{"mono":990,"node":"c1","event":"a"}\n{"mono":1007,"node":"c1","event":"c"}\n',
      ],
      1000,
    );
    assert.deepEqual(
      events.map(({ time, event }) => [time / 1e6, event]),
      [
        [-10, 'a'],
        [5, 'b'],
        [7, 'c'],
        [9, 'd'],
      ],
    );
    assert.equal(events[3]?.['x'], 7);
  });

  it('keep the order of one node within a microsecond', () => {
    const lines = Array.from({ length: 50 }, (_, at) => `{"mono":1,"node":"n1","event":"e${at}"}\n`);
    assert.deepEqual(
      merged([lines.join('')], 0).map(({ event }) => event),
      lines.map((_, at) => `e${at}`),
    );
  });

  it('tell of a line that a node left torn, and go on', () => {
    const events = merged(
      [
        '{"mono":1,"node":"n1","event":"a"}\n{"mono":2,"no{"mono":3,"node":"n1","event":"c"}\n{"mono":4,"node":"n1","event":"d"}\n',
      ],
      0,
    );
    assert.deepEqual(
      events.map(({ event }) => event),
      ['a', 'torn-line', 'd'],
    );
  });
});
