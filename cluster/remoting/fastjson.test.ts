import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { FastjsonError, fastjsonText, parseFastjson, parseFastjsonObject } from './fastjson.ts';
import { FrameDecoder } from './frame.ts';

const bodies: readonly { code: number; text: string }[] = readFileSync(
  'cluster/remoting/fixtures/frames.jsonl',
  'utf8',
)
  .trim()
  .split('\n')
  .flatMap((line) => {
    const { code, frame } = JSON.parse(line);
    const body = new FrameDecoder().push(Buffer.from(frame, 'base64'))[0]?.body;
    const text = Buffer.from(body ?? []).toString();
    return /^[[{]/.test(text) ? [{ code, text }] : [];
  });

function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('bodies that Java peers wrote', () => {
  it('parse as JSON.parse has them when they are strict', () => {
    // JSON.parse would round the one integer that is too large.
    const strict = bodies.filter(({ text }) => isStrict(text) && !text.includes('9223372036854775807'));
    assert(strict.length > 80, `${strict.length} strict bodies`);
    for (const { text } of strict) assert.deepEqual(parseFastjson(text), JSON.parse(text));
  });

  it('parse when they are not, and come out as strict JSON', () => {
    const lenient = bodies.filter(({ text }) => !isStrict(text));
    assert(lenient.length > 12, `${lenient.length} lenient bodies`);
    for (const { text } of lenient) {
      const strict = fastjsonText(parseFastjson(text));
      assert.deepEqual(parseFastjson(strict), JSON.parse(strict));
    }
  });

  it('keep broker ids as keys', () => {
    const election = bodies.find(({ code, text }) => code === 1002 && text.includes('26000'));
    assert(election !== undefined);
    assert.deepEqual(parseFastjson(election.text), {
      brokerMemberGroup: {
        brokerAddrs: { '1': '127.0.0.1:26020', '2': '127.0.0.1:26000' },
        brokerName: 'broker-a',
        cluster: 'PeerCluster',
      },
      syncStateSet: [2],
    });
  });

  it('keep message queues as keys, as their JSON text', () => {
    const reset = bodies.find(({ code }) => code === 222);
    assert(reset !== undefined);
    const table = parseFastjsonObject(reset.text)['offsetTable'];
    assert(typeof table === 'object' && table !== null && !Array.isArray(table));
    assert.equal(table['{"brokerName":"broker-a","queueId":3,"topic":"PeerAdminTopic"}'], 11);
  });
});

describe('the fastjson dialect', () => {
  it('holds integers beyond 2^53 exactly', () => {
    const parsed = parseFastjson('{"endOffset":9223372036854775807,"epoch":1}');
    assert.deepEqual(parsed, { endOffset: 9223372036854775807n, epoch: 1 });
    assert.equal(fastjsonText(parsed), '{"endOffset":9223372036854775807,"epoch":1}');
  });

  it('reads numbers, words, escapes and blanks as JSON does', () => {
    const text = ' { "a" : [ -1 , 0.5 , 1e3, true , false , null , "x\\n\\u00e9\\"" ] , 12 : {} , "b":[] }\n';
    assert.deepEqual(parseFastjson(text), {
      a: [-1, 0.5, 1000, true, false, null, 'x\né"'],
      '12': {},
      b: [],
    });
  });

  it('takes a member of any name as a member', () => {
    const parsed = parseFastjsonObject('{"__proto__":{"x":1}}');
    assert.deepEqual(Object.keys(parsed), ['__proto__']);
    assert.equal(Object.getPrototypeOf(parsed), Object.prototype);
  });

  for (const [text, wanted] of [
    ['', 'a value'],
    ['{', 'a key'],
    ['{a:1}', 'a key'],
    ['{"a" 1}', "':'"],
    ['{"a":1', "',' or '}'"],
    ['[1', "',' or ']'"],
    ['"abc', 'a closed string'],
    ['"\\q"', 'legal escapes'],
    ['tru', 'a value'],
    ['01', 'the end'],
    ['1 2', 'the end'],
    ['['.repeat(100), 'at most 64 levels'],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 10))}: wanted ${wanted}`, () => {
      assert.throws(
        () => parseFastjson(text),
        (error) => error instanceof FastjsonError && error.message.includes(wanted),
      );
    });
  }

  it('reads strict JSON as it reads any other, also what JSON.parse would round or nest without end', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    assert.deepEqual(parseFastjson('{"a":[{"b":9007199254740993}]}'), { a: [{ b: 9007199254740993n }] });
    assert.deepEqual(parseFastjson('[1e300,-0.5,null]'), [1e300, -0.5, null]);
    assert.equal(parseFastjson('null'), null);
    assert.deepEqual(parseFastjson(nested(65)), JSON.parse(nested(65)));
    assert.throws(() => parseFastjson(nested(66)), FastjsonError);
  });

  it('refuses a body that is no object where one is wanted', () => {
    assert.throws(() => parseFastjsonObject('[1]'), FastjsonError);
  });
});
