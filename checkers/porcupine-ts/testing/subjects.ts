/** Every ready model, and models of a user's kind, with what a random client would ask of it and what a correct server would answer. */
import type { Model } from '../model.ts';
import { counter } from '../models/counter.ts';
import { kv } from '../models/kv.ts';
import { multiRegister } from '../models/multi-register.ts';
import { mutex } from '../models/mutex.ts';
import { nondeterministic } from '../models/nondeterministic.ts';
import { offsetLog } from '../models/offset-log.ts';
import { queue } from '../models/queue.ts';
import { casRegister, register } from '../models/register.ts';
import { set } from '../models/set.ts';
import type { SeededRandom } from './random.ts';

export interface Subject {
  readonly name: string;
  readonly model: Model;
  input(random: SeededRandom, serial: number): unknown;
  /** A correct answer in this state; `impossible` where the operation must wait. */
  answer(state: never, input: never, random: SeededRandom): unknown;
  /** Any answer, right or wrong. */
  anyAnswer(random: SeededRandom, input: never): unknown;
}

export const impossible = Symbol('impossible');

/** Few, so that answers can be right by chance; the large ones are seldom asked for. */
const values = [0, 1, 2, 0, 1, 2, 3, 4, 5];
const letters = ['a', 'b'];
const some = (random: SeededRandom): number => random.pick(values);

type Register = { f: 'read' | 'write' | 'cas'; value: number; from: number; to: number };

function registerInput(random: SeededRandom, withCas: boolean): unknown {
  const f = random.pick(withCas ? ['read', 'write', 'cas', 'cas'] : ['read', 'read', 'write']);
  if (f === 'read') return { f };
  return f === 'write' ? { f, value: some(random) } : { f, from: some(random), to: some(random) };
}

function registerAnswer(state: number | null, input: Register, random: SeededRandom): unknown {
  if (random.chance(0.05)) return undefined;
  if (input.f === 'read') return state === null ? undefined : state;
  return input.f === 'cas' ? state === input.from : undefined;
}

function anyRegisterAnswer(random: SeededRandom, input: Register): unknown {
  return input.f === 'cas' ? random.chance(0.5) : input.f === 'read' ? some(random) : undefined;
}

/** A register as a user would write it, without any of the hints. */
function plainRegister(): Model {
  const { compile: _compile, isReadOnly: _isReadOnly, ...plain } = casRegister<number>({ initial: 0 });
  return plain as unknown as Model;
}

function hinted(model: Model, hint: (model: Model) => Partial<Model>): Model {
  return { ...model, ...hint(model) };
}

/** A model of a ready one without its program: what `step` says. */
function interpreted(model: Model): Model {
  const { compile: _compile, ...rest } = model;
  return rest;
}

/** A write may store its value or the one above it. */
const fuzzyRegister = nondeterministic<number, { f: string; value: number }, number | undefined>({
  name: 'fuzzy-register',
  init: () => [0],
  step: (state, input, output) =>
    input.f === 'write'
      ? [input.value, input.value + 1]
      : output === undefined || output === state
        ? [state]
        : [],
  stepUnanswered: (state, input) => (input.f === 'write' ? [input.value, input.value + 1] : [state]),
});

const registers = (name: string, model: Model, withCas: boolean): Subject => ({
  name,
  model,
  input: (random) => registerInput(random, withCas),
  answer: registerAnswer as Subject['answer'],
  anyAnswer: anyRegisterAnswer as Subject['anyAnswer'],
});

type Kv = { f: string; key: string; value: string };

const kvs = (
  name: string,
  model: Model,
  fs: readonly string[] = ['get', 'get', 'put', 'append', 'append'],
): Subject => ({
  name,
  model,
  input(random, serial) {
    const f = random.pick(fs);
    const key = random.pick(letters);
    if (f === 'get') return { f, key };
    return { f, key, value: random.chance(0.5) ? random.pick(letters) : String(serial) };
  },
  answer: ((state: ReadonlyMap<string, string>, input: Kv, random: SeededRandom) =>
    input.f !== 'get' || random.chance(0.05) ? undefined : (state.get(input.key) ?? '')) as Subject['answer'],
  anyAnswer: (random) => random.pick(['', 'a', 'b', 'ab', 'ba', 'aa']),
});

const queues: Subject = {
  name: 'queue',
  model: queue() as Model,
  input: (random) => (random.chance(0.5) ? { f: 'enqueue', value: some(random) } : { f: 'dequeue' }),
  answer: ((state: readonly number[], input: { f: string }, random: SeededRandom) =>
    input.f === 'enqueue' || random.chance(0.05) ? undefined : (state[0] ?? null)) as Subject['answer'],
  anyAnswer: (random, input: { f: string }) =>
    input.f === 'enqueue' ? undefined : random.pick([0, 1, 2, null, undefined]),
};

const sets: Subject = {
  name: 'set',
  model: set() as Model,
  input(random) {
    const f = random.pick(['add', 'add', 'remove', 'read', 'read']);
    return f === 'read' ? { f } : { f, value: some(random) };
  },
  answer: ((state: ReadonlySet<number>, input: { f: string }) =>
    input.f === 'read' ? [...state].reverse() : undefined) as Subject['answer'],
  anyAnswer: (random, input: { f: string }) =>
    input.f === 'read' ? random.pick([[], [0], [1, 2], [0, 1, 2], [0, 0], undefined]) : undefined,
};

const mutexes: Subject = {
  name: 'mutex',
  model: mutex() as Model,
  input: (random) => ({ f: random.pick(['acquire', 'release']) }),
  answer: ((state: string, input: { f: string }) =>
    (state === 'free') === (input.f === 'acquire') ? undefined : impossible) as Subject['answer'],
  anyAnswer: () => undefined,
};

const counters: Subject = {
  name: 'counter',
  model: counter() as Model,
  input: (random) => (random.chance(0.5) ? { f: 'add', value: random.below(5) - 2 } : { f: 'read' }),
  answer: ((state: number, input: { f: string }) =>
    input.f === 'read' ? state : undefined) as Subject['answer'],
  anyAnswer: (random, input: { f: string }) => (input.f === 'read' ? random.below(7) - 3 : undefined),
};

const offsetLogs = (name: string, model: Model): Subject => ({
  name,
  model,
  input(random, serial) {
    const f = random.pick(['append', 'append', 'pull', 'pull', 'maxOffset']);
    if (f === 'append') return { f, message: random.chance(0.3) ? 'same' : `m${serial}` };
    return f === 'pull' ? { f, from: random.below(3) } : { f };
  },
  answer: ((state: readonly string[], input: { f: string; from: number }, random: SeededRandom) => {
    if (random.chance(0.05)) return undefined;
    if (input.f !== 'pull') return state.length;
    const end = input.from + 1 + random.below(3);
    return state.slice(input.from, end);
  }) as Subject['answer'],
  anyAnswer(random, input: { f: string }) {
    if (input.f !== 'pull') return random.below(4);
    return random.pick([[], ['same'], ['m0'], ['m1'], ['m0', 'm1'], ['same', 'm1']]);
  },
});

type Part = { f: 'read' | 'write'; key: string; value: number };

const multiRegisters: Subject = {
  name: 'multi-register',
  model: multiRegister() as unknown as Model,
  input(random) {
    const parts = Array.from({ length: 1 + random.below(2) }, () => {
      const key = random.pick(letters);
      return random.chance(0.5) ? { f: 'read', key } : { f: 'write', key, value: some(random) };
    });
    return parts;
  },
  answer: ((state: ReadonlyMap<string, number>, input: readonly Part[]) => {
    const now = new Map(state);
    const seen: unknown[] = [];
    for (const part of input) {
      if (part.f === 'read') seen.push(now.get(part.key) ?? null);
      else now.set(part.key, part.value);
    }
    return seen;
  }) as Subject['answer'],
  anyAnswer: (random, input: readonly Part[]) =>
    input.filter(({ f }) => f === 'read').map(() => random.pick([0, 1, 2, null])),
};

export const subjects: readonly Subject[] = [
  registers('register', register<number>({ initial: 0 }) as unknown as Model, false),
  registers('cas-register', casRegister<number>({ initial: 0 }) as unknown as Model, true),
  registers('plain-register', plainRegister(), true),
  registers(
    'register-with-hints',
    hinted(plainRegister(), () => ({
      equal: (one, other) => one === other,
      hash: (state) => Number(state),
      isReadOnly: (input) => (input as Register).f === 'read',
    })),
    true,
  ),
  registers(
    'register-with-equal',
    hinted(plainRegister(), () => ({ equal: (one, other) => one === other })),
    true,
  ),
  multiRegisters,
  kvs('kv', kv() as Model),
  kvs('kv-with-puts', kv() as Model, ['get', 'get', 'put', 'put', 'append']),
  kvs('kv-unpartitioned', kv({ partition: false }) as Model),
  kvs('kv-interpreted', interpreted(kv() as Model)),
  sets,
  queues,
  mutexes,
  counters,
  offsetLogs('offset-log', offsetLog() as Model),
  offsetLogs('offset-log-interpreted', interpreted(offsetLog() as Model)),
  {
    name: 'nondeterministic',
    model: fuzzyRegister as unknown as Model,
    input: (random) => (random.chance(0.5) ? { f: 'write', value: some(random) } : { f: 'read' }),
    answer: ((state: readonly number[], input: Register, random: SeededRandom) =>
      input.f === 'read' ? random.pick(state) : undefined) as Subject['answer'],
    anyAnswer: (random, input: Register) => (input.f === 'read' ? random.below(4) : undefined),
  },
];
