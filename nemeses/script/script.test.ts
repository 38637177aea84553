import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseScript, ScriptError } from './script.ts';

const refusal = (line: string) => {
  try {
    parseScript('x.txt', `a title\n\n${line}`);
    return 'none';
  } catch (error) {
    assert.ok(error instanceof ScriptError);
    return error.message;
  }
};

describe('a fault script', () => {
  it('has a title, a header, and steps with their time, line and words', () => {
    const script = parseScript(
      'x.txt',
      [
        'B1: what it is after',
        'upstream: https://a/b',
        '',
        '# a remark',
        '1.5  kill master  # another',
        '-  cut n1,n2 <-> rest hold',
      ].join('\n'),
    );
    assert.equal(script.title, 'B1: what it is after');
    assert.deepEqual([...script.header], [['upstream', 'https://a/b']]);
    assert.deepEqual(script.steps, [
      { atMs: 1500, action: { verb: 'kill', hosts: ['master'] }, text: 'kill master', line: 5 },
      {
        atMs: undefined,
        action: { verb: 'cut', from: ['n1', 'n2'], to: ['rest'], bothWays: true, flavour: 'hold' },
        text: 'cut n1,n2 <-> rest hold',
        line: 6,
      },
    ]);
  });

  it('waits for conditions, with a limit of its own where it has one', () => {
    const { steps } = parseScript(
      'x.txt',
      'a title\n- await master not m within 3\n- await up m\n- expect epoch same',
    );
    assert.deepEqual(
      steps.map(({ action }) => action),
      [
        { verb: 'await', condition: { kind: 'master', host: 'm', isNot: true }, limitMs: 3000 },
        { verb: 'await', condition: { kind: 'up', hosts: ['m'] }, limitMs: 20_000 },
        { verb: 'expect', condition: { kind: 'epoch', grew: false } },
      ],
    );
  });

  it('waits for a while, cuts the power and damages what is stored', () => {
    const { steps } = parseScript(
      'x.txt',
      'a title\n- wait 0.5\n- power-cut brokers lost\n- damage n1 bit-flip 0.9',
    );
    assert.deepEqual(
      steps.map(({ action }) => action),
      [
        { verb: 'wait', ms: 500 },
        { verb: 'power-cut', hosts: ['brokers'], unsynced: 'lost' },
        { verb: 'damage', hosts: ['n1'], damage: { kind: 'bit-flip', place: 0.9 } },
      ],
    );
  });

  it('refuses what it does not know, naming the line and what it wanted', () => {
    assert.match(refusal('kill n1'), /^x\.txt:3: wanted "SECONDS VERB \.\.\." .* got "kill n1"$/);
    assert.match(refusal('1 destroy n1'), /wanted one of let, kill, .* got "1 destroy n1"/);
    assert.match(refusal('1 cut n1 n2'), /wanted "cut HOSTS -> HOSTS"/);
    assert.match(refusal('1 cut n1 -> n2 softly'), /drop, hold, reset/);
    assert.match(refusal('1 wait long'), /"wait SECONDS"/);
    assert.match(refusal('1 power-cut n1 softly'), /torn or lost/);
    assert.match(refusal('1 damage n1 bit-flip 2'), /a place like 0.9/);
    assert.match(refusal('1 kill'), /wanted "kill HOST,HOST"/);
    assert.match(refusal('1 let m master'), /wanted "let NAME = HOST"/);
    assert.match(refusal('- await sunshine'), /wanted in-sync, left, up, master/);
    assert.match(refusal('- expect epoch gone'), /"epoch same" or "epoch grew"/);
    assert.match(refusal('- await in-sync within never'), /"within SECONDS"/);
    assert.throws(() => parseScript('x.txt', '# nothing\n'), /wanted a first line/);
  });
});
