import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { Operation } from '../history/operation.ts';
import { pairOperations } from '../history/paired-operations.ts';
import { pull, send, spell } from '../history/spelled-history.ts';
import { logHistories } from './log-history.ts';
import { checkLost } from './lost.ts';

const folder = 'checkers/log/fixtures';
const finalFrom = 1000;

function judge(operations: readonly Operation[]) {
  return checkLost(logHistories(pairOperations(operations)), finalFrom);
}

/** `lost-one.bad.jsonl`: the second word is the verdict. */
const verdicts: Readonly<Record<string, string>> = { ok: 'valid', bad: 'invalid', unknown: 'unknown' };

describe('the checker of lost messages', () => {
  const fixtures = readdirSync(folder);
  it('has histories of each verdict', () => {
    assert.deepEqual(new Set(fixtures.map((name) => name.split('.')[1])), new Set(Object.keys(verdicts)));
  });
  for (const name of fixtures) {
    const verdict = verdicts[name.split('.')[1] ?? ''];
    it(`finds ${name} ${verdict}`, () => {
      const lines = readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n');
      const result = judge(lines.map((line) => JSON.parse(line) as Operation));
      assert.equal(result.verdict, verdict, result.evidence);
      assert.deepEqual(Object.keys(result.anomalyCounts), verdict === 'invalid' ? ['lost-ack-write'] : []);
    });
  }

  it('names the message, its place, what stands there, and the operations that show it', () => {
    const operations = spell(
      send(1, 'a', [0, 1], 0),
      send(1, 'b', [2, 3], 1),
      send(2, 'late', [2, 3], 'info'),
      pull(3, 0, [1000, 1001], ['a', 'late']),
    );
    const [anomaly] = judge(operations).anomalies;
    assert.equal(anomaly?.detail, 'q/0: "b" was acknowledged at offset 1 and is gone; "late" stands there');
    assert.deepEqual(anomaly?.messages, ['b']);
    assert.deepEqual(
      anomaly?.operations.map((index) => operations[index]?.f),
      ['send', 'pull'],
    );
  });

  it('finds a message lost that a drained queue ends before', () => {
    const result = judge(
      spell(
        send(1, 'a', [0, 1], 0),
        send(1, 'b', [2, 3], 1),
        pull(3, 0, [1000, 1001], ['a']),
        pull(3, 1, [1002, 1003], []),
      ),
    );
    assert.deepEqual(result.anomalyCounts, { 'lost-ack-write': 1 });
  });

  it('does not call lost what nobody got to read: the drain ended first', () => {
    const result = judge(
      spell(send(1, 'a', [0, 1], 0), send(1, 'b', [2, 3], 1), pull(3, 0, [1000, 1001], ['a'])),
    );
    assert.equal(result.verdict, 'unknown');
    assert.match(result.evidence, /q\/0 from offset 1 on \(1 messages\)/);
  });

  it('looks at final reads only: an earlier sight of a message does not keep it', () => {
    const early = pull(2, 0, [5, 6], ['a']);
    const result = judge(spell(send(1, 'a', [0, 1], 0), early, pull(3, 0, [1000, 1001], [])));
    assert.equal(result.verdict, 'invalid');
  });

  it('counts messages of unknown outcome that came through', () => {
    const result = judge(
      spell(send(1, 'a', [0, 1], 0), send(2, 'b', [0, 1], 'info'), pull(3, 0, [1000, 1001], ['a', 'b'])),
    );
    assert.deepEqual(result.facts, { acknowledged: 1, recovered: 1, lost: 0 });
    assert.equal(result.verdict, 'valid');
  });

  it('says nothing where nothing was acknowledged', () => {
    assert.equal(judge([]).verdict, 'unknown');
  });

  it('finds each of many losses, and shows the first twenty', () => {
    const sends = Array.from({ length: 50 }, (_, at) => send(1, `m${at}`, [at * 2, at * 2 + 1], at));
    const result = judge(spell(...sends, pull(3, 0, [1000, 1001], [])));
    assert.equal(result.anomalyCounts['lost-ack-write'], 50);
    assert.equal(result.anomalies.length, 20);
  });
});
