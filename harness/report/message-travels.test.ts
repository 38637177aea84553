import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Operation } from '../../checkers/history/operation.ts';
import { OperationPairing } from '../../checkers/history/paired-operations.ts';
import type { ReplicaObservation } from '../../checkers/history/replica-observation.ts';
import { MessageTravels } from './message-travels.ts';

type Line = Partial<Operation> & Pick<Operation, 'process' | 'type' | 'f'> & { readonly value: object };

function travels(lines: readonly Line[]): MessageTravels {
  const pairing = new OperationPairing();
  const all = new MessageTravels();
  for (const [index, line] of lines.entries()) {
    const pair = pairing.add({ index, time: index * 1000, ...line } as Operation);
    if (pair !== undefined) all.add(pair);
  }
  for (const pair of pairing.open()) all.add(pair);
  return all;
}

const queue = 't/0';
const asked = (process: number, message: string): Line => ({
  ...{ process, type: 'invoke', f: 'send', value: { queue, message } },
});
const reads = (
  process: number,
  messages: readonly (readonly [number, string])[],
  replica?: string,
): Line[] => {
  const f = replica === undefined ? ('pull' as const) : ('replica-pull' as const);
  const node = replica ?? 'n1';
  const value = { queue, from: messages[0]?.[0] ?? 0 };
  return [
    { process, type: 'invoke', f, node, value },
    { process, type: 'ok', f, node, value: { ...value, messages } },
  ];
};
const replica = (node: string, messages: readonly string[]): ReplicaObservation => ({
  ...{ brokerName: 'broker-a', node, epochs: [], minOffset: 0, maxOffset: 0, confirmOffset: 0 },
  records: messages.map((message, at) => ({
    from: at * 100,
    to: at * 100 + 100,
    digest: `${node}${message}`,
    message,
  })),
});

describe('where messages went', () => {
  const history = [
    asked(1, 'a'),
    {
      process: 1,
      type: 'ok' as const,
      f: 'send' as const,
      value: { queue, message: 'a', offset: 0, physicalOffset: 300 },
    },
    asked(2, 'b'),
    { process: 2, type: 'info' as const, f: 'send' as const, value: { queue, message: 'b' } },
    ...reads(3, [[0, 'a']]),
    ...reads(4, [
      [0, 'a'],
      [1, 'b'],
    ]),
    asked(5, 'c'),
    ...reads(6, [[0, 'a']], 'n1'),
    ...reads(
      7,
      [
        [0, 'a'],
        [1, 'b'],
      ],
      'n2',
    ),
  ];
  const replicas = [replica('n1', ['t/0@0', 't/0@1'])];

  it('says where each was stored, who read it first and which replicas give it in the end', () => {
    const columns = travels(history).columns([0, 2, 8], replicas);
    assert.deepEqual(columns.index, [0, 2, 6]);
    assert.deepEqual(columns.queueOffset, [0, 1, -1]);
    assert.deepEqual(columns.reader, [4, 6, -1]);
    assert.deepEqual(
      columns.holders.map((code) => columns.holderSets[code]),
      [['n1', 'n2'], ['n2'], []],
    );
    assert.deepEqual(columns.readReplicas, ['n1', 'n2']);
  });

  it('takes the place in the log from the acknowledgement, or from the logs in the end where those agree', () => {
    assert.deepEqual(travels(history).columns([0, 2, 8], replicas).physicalOffset, [300, 100, -1]);
    const apart = [...replicas, replica('n2', ['t/0@1'])];
    assert.deepEqual(travels(history).columns([0, 2, 8], apart).physicalOffset, [300, -1, -1]);
  });

  it('tells of the sends that are drawn alone', () => {
    assert.deepEqual(travels(history).columns([2, 4], replicas).index, [2]);
  });
});
