import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { describe, it } from 'mocha';
import { projectRoot } from '../project-root.ts';

interface Step {
  readonly at?: number;
  readonly what: string;
  readonly from: string;
  readonly marks: Readonly<Record<string, string>>;
}

/** The page's own script, with as much of a browser as these files ask for when they are read. */
const page = createContext({ matchMedia: () => ({ matches: false }) });
for (const name of ['data.js', 'faults.js', 'roles.js', 'replica-map.js', 'journey.js'])
  runInContext(readFileSync(new URL(`harness/report/page/${name}`, projectRoot()), 'utf8'), page);

function journey(data: object, at: number): readonly Step[] {
  const text = runInContext(`JSON.stringify(journeyOf(${JSON.stringify(data)}, ${at}).steps)`, page);
  return JSON.parse(String(text)) as Step[];
}

const final = { epochs: [{ epoch: 1, startOffset: 0 }], maxOffset: 900, confirmOffset: 900 };
/** A send that n1 acknowledged as master of epoch 1 and lost to epoch 2 of n2, one without an answer, and a read of the first. */
const data = {
  operations: {
    index: [10, 12, 14],
    start: [100, 110, 130],
    end: [104, -1, 133],
    process: [1, 2, 3],
    f: [0, 0, 1],
    type: [0, 1, 0],
    queue: [0, 0, 0],
    node: [1, 0, 1],
    text: ['"a" @7', '"b"', 'from 7: 1, "a" to "a"'],
  },
  names: { f: ['send', 'pull'], type: ['ok', 'info'], queue: ['t/0'], node: ['', 'n1'] },
  record: { plan: { concurrency: 16 }, endNs: 900e6 },
  clientHosts: 4,
  roles: [
    { node: 'n1', at: 0, role: 'master', epoch: 1 },
    { node: 'n2', at: 0, role: 'slave', epoch: 1 },
    { node: 'n2', at: 300, role: 'master', epoch: 2 },
    { node: 'n1', at: 400, role: 'slave', epoch: 2 },
  ],
  faults: [
    {
      name: 'partition-1',
      nemesis: 'partition',
      variant: 'one/drop',
      targets: ['n1'],
      from: 90,
      to: 350,
      failure: null,
    },
  ],
  travels: {
    index: [10, 12],
    queueOffset: [7, -1],
    physicalOffset: [500, -1],
    reader: [14, -1],
    holders: [0, 0],
    holderSets: [[]],
    readReplicas: ['n1', 'n2'],
  },
  logs: {
    replicas: [
      { node: 'n1', ends: [{ at: 410, end: 400, why: 'cut', from: 600 }], epochs: [], final },
      { node: 'n2', ends: [], epochs: [{ at: 301, epoch: 2, startOffset: 400 }], final },
    ],
    confirms: [
      { at: 120, node: 'n1', offset: 600, set: ['n1', 'n2'], holders: ['n1'] },
      { at: 500, node: 'n2', offset: 800, set: ['n1', 'n2'], holders: ['n1', 'n2'] },
    ],
  },
};

describe('the journey of a message', () => {
  const told = journey(data, 0);
  const step = (pattern: RegExp) => told.find(({ what }) => pattern.test(what));

  it('leads from the client over the log of each broker to the end, in order of time', () => {
    const times = told.map(({ at }) => at ?? Number.POSITIVE_INFINITY);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.deepEqual(
      told.map(({ what }) => what.split(' ').slice(0, 2).join(' ')),
      [
        'meanwhile partition-1',
        'process 1',
        'appended on',
        'acknowledged by',
        'n1 tells',
        'first read',
        'n2 begins',
        'n1 cuts',
        'in the',
      ],
    );
    assert.match(step(/^process/)?.what ?? '', /process 1 on w2 asks: send t\/0 "a"/);
    assert.match(step(/^acknowledged/)?.what ?? '', /by n1 \(master of epoch 1\) as t\/0@7/);
    assert.match(
      step(/^appended/)?.what ?? '',
      /at byte 500, which the logs in the end have under epoch 1; when exactly is not recorded: between 0\.100 s and 0\.104 s/,
    );
  });

  it('says who held it when it was confirmed, who cut it and who began without it', () => {
    assert.match(step(/^n1 tells/)?.what ?? '', /below byte 600 is confirmed, held by n1, not by n2/);
    assert.deepEqual(step(/^n1 tells/)?.marks, { n1: '■' });
    assert.match(step(/^n1 cuts/)?.what ?? '', /from byte 600 back to 400: byte 500 goes with it/);
    assert.deepEqual(step(/^n1 cuts/)?.marks, { n1: '✂' });
    assert.match(step(/^n2 begins/)?.what ?? '', /epoch 2 as master at byte 400/);
    assert.deepEqual(step(/^in the end/)?.marks, { n1: '–', n2: '–' });
  });

  it('leaves out what happened to other bytes at that place before it was there', () => {
    const [n1, n2] = data.logs.replicas;
    const earlier = { at: 103, end: 400, why: 'cut', from: 600 };
    const cutBefore = { ...data.logs, replicas: [{ ...n1, ends: [earlier] }, n2] };
    const steps = journey({ ...data, logs: cutBefore }, 0);
    assert.ok(!steps.some(({ what }) => what.includes('cuts')));
  });

  it('does not take what another master says of that byte for this message', () => {
    const later = { ...data, logs: { ...data.logs, confirms: data.logs.confirms.slice(1) } };
    const confirmed = journey(later, 0).find(({ what }) => what.startsWith('confirmed'));
    assert.equal(confirmed?.at, undefined);
    assert.equal(confirmed?.from, 'not recorded');
  });

  it('invents nothing where nothing was recorded', () => {
    const unanswered = journey(data, 1);
    const unknown = unanswered.filter(({ at }) => at === undefined).map(({ what }) => what);
    assert.deepEqual(unknown, [
      'no answer ever came',
      'stored or not: not recorded',
      'confirmed: not recorded',
      'read by nobody',
    ]);
    assert.ok(!unanswered.some(({ what }) => /cuts|begins|appended/.test(what)));
    const unread = { ...data, travels: { ...data.travels, readReplicas: [] } };
    assert.match(
      journey(unread, 0)
        .map(({ what }) => what)
        .join('\n'),
      /no replica was read by itself/,
    );
  });

  it('of a read is its question and its answer', () => {
    assert.deepEqual(
      journey(data, 2).map(({ what }) => what.split(':')[0]),
      [
        'meanwhile partition-1 one/drop on n1, to 0.350 s',
        'process 3 on w4 asks',
        'answered by n1 (master of epoch 1)',
      ],
    );
  });
});
