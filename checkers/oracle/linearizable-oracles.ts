/** Queue, register, committed offsets and versioned state, each against a search over all orders. */
import type { CheckResult } from '../anomaly.ts';
import { checkCommittedOffsets, type OffsetOperation } from '../offsets/committed-offsets.ts';
import { checkFifoQueue, type Dequeue, type Enqueue } from '../queue/fifo-queue.ts';
import { checkRegister } from '../register/linearizable-register.ts';
import type { RegisterOperation, RegisterValue } from '../register/register-history.ts';
import { type StateOperation, stateConflicts } from '../register/versioned-states.ts';
import type { Oracle } from './oracle.ts';
import type { SmallRandom } from './small-random.ts';
import { someOrderFits } from './some-order.ts';

const verdict = (isValid: boolean) => (isValid ? 'accepts' : 'refuses');
const verdictOf = (result: CheckResult) => verdict(result.verdict !== 'invalid');

/** One operation after the other at `at`, each widened at random: near the truth, so that many histories are sound. */
function around(random: SmallRandom, at: number): { call: number; ret: number } {
  return { call: at * 2 - random.int(5), ret: at * 2 + random.int(5) };
}

export const fifoOracle: Oracle = {
  name: 'queue/fifo',
  compare(random) {
    const enqueues: Enqueue[] = [];
    const dequeues: Dequeue[] = [];
    const content: string[] = [];
    // Crashed dequeues beside answers "empty" are not judged.
    const crashes = random.oneIn(2);
    const count = 2 + random.int(5);
    for (let index = 0; index < count; index += 1) {
      const interval = { ...around(random, index), index };
      if (random.oneIn(2)) {
        const value = `v${enqueues.length}`;
        const crashed = random.oneIn(6);
        if (!crashed || random.oneIn(2)) content.push(value);
        enqueues.push({ ...interval, value, failed: false, ret: crashed ? Infinity : interval.ret });
      } else if (crashes && random.oneIn(3)) {
        if (random.oneIn(2)) content.shift();
        dequeues.push({ ...interval, value: undefined, ret: Infinity });
      } else {
        if (random.oneIn(5)) content.reverse();
        const value = content[0] ?? null;
        if (value === null && crashes) continue;
        if (!random.oneIn(8)) content.shift();
        dequeues.push({ ...interval, value: random.oneIn(8) && !crashes ? null : value });
      }
    }
    type Step = { call: number; ret: number; value: string | null | undefined; enqueue: boolean };
    const steps: Step[] = [
      ...enqueues.map(({ call, ret, value }) => ({ call, ret, value, enqueue: true })),
      ...dequeues.map(({ call, ret, value }) => ({ call, ret, value, enqueue: false })),
    ];
    const fits = someOrderFits<Step, readonly string[]>(steps, [], ({ enqueue, value }, queue) => {
      if (enqueue) return [...queue, value ?? ''];
      if (value === undefined) return queue.slice(1);
      return (queue[0] ?? null) === value ? queue.slice(1) : undefined;
    });
    const history = { queue: 'q', enqueues, dequeues };
    return { judged: verdictOf(checkFifoQueue(history)), naive: verdict(fits), history };
  },
};

function registerOperations(random: SmallRandom, isDistinct: boolean): RegisterOperation[] {
  const operations: RegisterOperation[] = [];
  let value: RegisterValue = null;
  let fresh = 0;
  const seen: [RegisterValue, ...RegisterValue[]] = [null];
  const count = 2 + random.int(5);
  for (let index = 0; index < count; index += 1) {
    const interval = { ...around(random, index), index };
    const crashed = random.oneIn(6);
    const ret = crashed ? Infinity : interval.ret;
    fresh += 1;
    const next = isDistinct ? fresh : 1 + random.int(3);
    const shown = random.oneIn(5) ? random.pick(seen) : value;
    const kind = random.int(4);
    if (kind === 0) {
      operations.push({ ...interval, f: 'write', value: next, ret });
      if (!crashed || random.oneIn(2)) value = next;
      seen.push(next);
    } else if (kind === 1) {
      const matched = crashed ? undefined : isDistinct || shown === value;
      operations.push({ ...interval, f: 'cas', from: shown, to: next, matched, ret });
      if (matched === true || (crashed && random.oneIn(2))) value = next;
      seen.push(next);
    } else operations.push({ ...interval, f: 'read', value: shown });
  }
  return operations;
}

export const registerOracle: Oracle = {
  name: 'register/linearizable',
  compare(random) {
    const operations = registerOperations(random, !random.oneIn(4));
    const fits = someOrderFits<RegisterOperation, RegisterValue>(operations, null, (operation, value) => {
      if (operation.f === 'write') return operation.value;
      const expected = operation.f === 'read' ? operation.value : operation.from;
      if (operation.f === 'cas' && operation.matched === false) return expected === value ? undefined : value;
      if (expected !== value) return undefined;
      return operation.f === 'cas' ? operation.to : value;
    });
    const history = { register: 'r', operations };
    return { judged: verdictOf(checkRegister(history)), naive: verdict(fits), history };
  },
};

export const offsetsOracle: Oracle = {
  name: 'offsets/committed',
  compare(random) {
    const operations: OffsetOperation[] = [];
    const initial = random.int(3);
    let value = initial;
    const count = 2 + random.int(5);
    for (let index = 0; index < count; index += 1) {
      const interval = { ...around(random, index), index };
      if (random.oneIn(2)) {
        const offset = Math.max(0, value + random.int(4) - 1);
        const crashed = random.oneIn(5);
        if (!crashed || random.oneIn(2)) value = Math.max(value, offset);
        operations.push({ ...interval, kind: 'commit', offset, ret: crashed ? Infinity : interval.ret });
      } else {
        const offset = random.oneIn(4) ? random.int(5) : value;
        operations.push({ ...interval, kind: 'fetch', offset });
      }
    }
    const fits = someOrderFits<OffsetOperation, number>(
      operations,
      initial,
      ({ kind, offset }, committed) => {
        if (kind === 'commit') return Math.max(committed, offset);
        return offset === committed ? committed : undefined;
      },
    );
    const history = { group: 'g', queue: 'q', initial, operations };
    return { judged: verdictOf(checkCommittedOffsets([history])), naive: verdict(fits), history };
  },
};

export const statesOracle: Oracle = {
  name: 'register/versioned-states',
  compare(random) {
    const operations: StateOperation[] = [];
    const contents = ['initial'];
    const count = 2 + random.int(5);
    for (let index = 0; index < count; index += 1) {
      const interval = { ...around(random, index), index };
      const last = contents.length - 1;
      if (random.oneIn(2)) {
        const version = random.oneIn(8) ? Math.max(1, last) : last + 1;
        const content = `c${index}`;
        contents[version] = content;
        operations.push({ ...interval, kind: 'update', version, content });
      } else {
        const version = random.oneIn(4) ? random.int(last + 1) : last;
        const content = random.oneIn(12) ? 'else' : (contents[version] ?? '');
        operations.push({ ...interval, kind: 'read', version, content });
      }
    }
    const initial = { version: 0, content: 'initial' };
    const fits = someOrderFits<StateOperation, { version: number; content: string }>(
      operations,
      initial,
      ({ kind, version, content }, state) => {
        if (kind === 'update') return version === state.version + 1 ? { version, content } : undefined;
        return version === state.version && content === state.content ? state : undefined;
      },
    );
    // That the first state is there before all others is for the judge an update like any other.
    const first: StateOperation = { kind: 'update', ...initial, call: -100, ret: -99, index: -1 };
    const conflicts = stateConflicts([first, ...operations]);
    return { judged: verdict(conflicts.length === 0), naive: verdict(fits), history: operations };
  },
};
