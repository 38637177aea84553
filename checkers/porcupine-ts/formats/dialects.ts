/** How Jepsen's workloads say what the ready models understand. */
import type { JepsenEntry } from './jepsen-entry.ts';

export interface Dialect {
  /** `undefined`: no such operation. `end` is the entry that ended it, if any. */
  input(entry: JepsenEntry, end: JepsenEntry | undefined): unknown;
  output(end: JepsenEntry): unknown;
}

const registerDialect: Dialect = {
  input({ f, value }) {
    if (f === 'read') return { f };
    if (f === 'write') return { f, value };
    if (f === 'cas' && Array.isArray(value)) return { f, from: value[0], to: value[1] };
    return undefined;
  },
  output: ({ f, value }) => (f === 'read' ? value : f === 'cas' ? true : undefined),
};

const kvDialect: Dialect = {
  input({ f, key, value }) {
    if (f === 'get' || f === 'read') return { f: 'get', key };
    if (f === 'put' || f === 'write') return { f: 'put', key, value };
    return f === 'append' ? { f, key, value } : undefined;
  },
  output: ({ f, value }) => (f === 'get' || f === 'read' ? value : undefined),
};

type MicroOperation = readonly [string, unknown, unknown];

/** `[[:r :x 1] [:w :y 2]]`; what a read saw stands in the end. */
const multiRegisterDialect: Dialect = {
  input({ value }) {
    if (!Array.isArray(value)) return undefined;
    return (value as MicroOperation[]).map(([f, key, written]) =>
      f === 'r' || f === 'read' ? { f: 'read', key } : { f: 'write', key, value: written },
    );
  },
  output({ value }) {
    return (value as MicroOperation[]).filter(([f]) => f === 'r' || f === 'read').map(([, , seen]) => seen);
  },
};

const setDialect: Dialect = {
  input({ f, value }) {
    if (f === 'add' || f === 'remove') return { f, value };
    return f === 'read' ? { f } : undefined;
  },
  output: ({ f, value }) => (f === 'read' ? value : undefined),
};

const queueDialect: Dialect = {
  input({ f, value }) {
    if (f === 'enqueue') return { f, value };
    return f === 'dequeue' ? { f } : undefined;
  },
  output: ({ f, value }) => (f === 'dequeue' ? value : undefined),
};

const mutexDialect: Dialect = {
  input: ({ f }) => (f === 'acquire' || f === 'release' ? { f } : undefined),
  output: () => undefined,
};

const counterDialect: Dialect = {
  input({ f, value }) {
    if (f === 'add') return { f, value };
    return f === 'read' ? { f } : undefined;
  },
  output: ({ f, value }) => (f === 'read' ? value : undefined),
};

export const dialects: ReadonlyMap<string, Dialect> = new Map([
  ['register', registerDialect],
  ['cas-register', registerDialect],
  ['kv', kvDialect],
  ['multi-register', multiRegisterDialect],
  ['set', setDialect],
  ['queue', queueDialect],
  ['mutex', mutexDialect],
  ['counter', counterDialect],
]);
