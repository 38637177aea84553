/** What the report page draws, in columns: small to embed, quick to draw. */
import type { CheckResult, Verdict } from '../../checkers/anomaly.ts';
import type { FaultWindow } from '../../checkers/history/fault-window.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import type { RunRecord } from '../runner/run-record.ts';

/** Operations drawn one by one; beyond it the first, those around anomalies and an even sample are kept, and the page says so. */
const operationsMax = 60_000;

export interface ReportOperations {
  /** Index of the invocation in history.jsonl. */
  readonly index: number[];
  /** Milliseconds from the start of the run. `end` is -1 where no answer ever came. */
  readonly start: number[];
  readonly end: number[];
  readonly process: number[];
  /** Into `fs`, `types`, `queues`, `nodes`. */
  readonly f: number[];
  readonly type: number[];
  readonly queue: number[];
  readonly node: number[];
  /** What was asked and answered, short. */
  readonly text: string[];
}

export interface ReportData {
  readonly title: string;
  readonly verdict: Verdict;
  readonly record: RunRecord;
  readonly results: readonly CheckResult[];
  readonly operations: ReportOperations;
  readonly names: {
    readonly f: string[];
    readonly type: string[];
    readonly queue: string[];
    readonly node: string[];
  };
  /** Operations in the history; more than are drawn where `operations` is a sample. */
  readonly operationCount: number;
  readonly faults: readonly {
    readonly name: string;
    readonly nemesis: string;
    readonly variant: string;
    readonly targets: readonly string[];
    readonly from: number;
    readonly to: number;
    readonly bit: boolean;
  }[];
  /** Who held which role from when, by broker. */
  readonly roles: readonly {
    readonly node: string;
    readonly at: number;
    readonly role: string;
    readonly epoch: number;
  }[];
  /** Per second of the run, by "f type": how many ended in it. */
  readonly rates: Readonly<Record<string, number[]>>;
  readonly colours: Readonly<Record<string, readonly [string, string]>>;
}

interface Drawn {
  readonly invoked: Operation;
  readonly done: Operation | undefined;
}

export function reportData(
  input: {
    readonly title: string;
    readonly verdict: Verdict;
    readonly record: RunRecord;
    readonly results: readonly CheckResult[];
    readonly windows: readonly FaultWindow[];
    readonly trace: readonly TraceEvent[];
    readonly colours: Readonly<Record<string, readonly [string, string]>>;
  },
  history: Iterable<Operation>,
): ReportData {
  const { record, windows, trace } = input;
  const rates: Record<string, number[]> = {};
  const pairs = pairUp(history, (done) => {
    const name = `${done.f} ${done.type}`;
    const counts = rates[name] ?? [];
    rates[name] = counts;
    const second = Math.floor(done.time / 1e9);
    counts[second] = (counts[second] ?? 0) + 1;
  });
  const seconds = Math.ceil(record.endNs / 1e9);
  for (const counts of Object.values(rates)) {
    for (let second = 0; second < seconds; second += 1) counts[second] ??= 0;
  }
  const wanted = new Set(
    input.results.flatMap(({ anomalies }) => anomalies.flatMap(({ operations }) => operations)),
  );
  const names = { f: [], type: [], queue: [], node: [] };
  return {
    title: input.title,
    verdict: input.verdict,
    record,
    results: input.results,
    operations: columns(sample(pairs, wanted), names),
    names,
    operationCount: pairs.length,
    faults: windows.map(({ fault, nemesis, variant, targets, injected, healed, active }) => ({
      name: fault,
      nemesis,
      variant,
      targets,
      from: injected / 1e6,
      to: Math.min(healed, record.endNs) / 1e6,
      bit: active !== undefined,
    })),
    roles: trace.flatMap((event) => {
      if (event.event === 'node-started')
        return [{ node: event.node, at: event.time / 1e6, role: 'starting', epoch: 0 }];
      if (event.event !== 'role-changed') return [];
      const epoch = typeof event['masterEpoch'] === 'number' ? event['masterEpoch'] : 0;
      return [{ node: event.node, at: event.time / 1e6, role: String(event['role']), epoch }];
    }),
    rates,
    colours: input.colours,
  };
}

function pairUp(history: Iterable<Operation>, ended: (done: Operation) => void): Drawn[] {
  const open = new Map<number, Operation>();
  const pairs: Drawn[] = [];
  for (const operation of history) {
    if (operation.type === 'invoke') {
      open.set(operation.process, operation);
      continue;
    }
    ended(operation);
    const invoked = open.get(operation.process);
    open.delete(operation.process);
    if (invoked !== undefined) pairs.push({ invoked, done: operation });
  }
  for (const invoked of open.values()) pairs.push({ invoked, done: undefined });
  return pairs.sort((a, b) => a.invoked.index - b.invoked.index);
}

function sample(pairs: readonly Drawn[], wanted: ReadonlySet<number>): readonly Drawn[] {
  if (pairs.length <= operationsMax) return pairs;
  const step = Math.ceil(pairs.length / operationsMax);
  // What did not simply succeed is rare, and what one looks for.
  return pairs.filter(
    ({ invoked, done }, at) => at % step === 0 || wanted.has(invoked.index) || done?.type === 'info',
  );
}

function columns(pairs: readonly Drawn[], names: ReportData['names']): ReportOperations {
  const operations: ReportOperations = {
    index: [],
    start: [],
    end: [],
    process: [],
    f: [],
    type: [],
    queue: [],
    node: [],
    text: [],
  };
  const codes = new Map<string, number>();
  const code = (list: string[], name: string, kind: string): number => {
    const key = `${kind} ${name}`;
    const known = codes.get(key);
    if (known !== undefined) return known;
    codes.set(key, list.length);
    list.push(name);
    return list.length - 1;
  };
  for (const { invoked, done } of pairs) {
    operations.index.push(invoked.index);
    operations.start.push(Math.round(invoked.time / 1e4) / 100);
    operations.end.push(done === undefined ? -1 : Math.round(done.time / 1e4) / 100);
    operations.process.push(invoked.process);
    operations.f.push(code(names.f, invoked.f, 'f'));
    operations.type.push(code(names.type, done?.type ?? 'info', 'type'));
    operations.queue.push(code(names.queue, invoked.value.queue, 'queue'));
    operations.node.push(code(names.node, done?.node ?? invoked.node ?? '', 'node'));
    operations.text.push(describe(invoked, done));
  }
  return operations;
}

function describe(invoked: Operation, done: Operation | undefined): string {
  const error = done?.error === undefined ? '' : ` ${done.error}`;
  switch (invoked.f) {
    case 'send': {
      const offset = done?.f === 'send' && done.value.offset !== undefined ? ` @${done.value.offset}` : '';
      return `"${invoked.value.message}"${offset}${error}`;
    }
    case 'pull':
    case 'replica-pull': {
      const messages = done?.f === invoked.f ? done.value.messages : undefined;
      const from = `from ${invoked.value.from}`;
      if (messages === undefined) return `${from}${error}`;
      if (messages.length === 0) return `${from}: empty`;
      return `${from}: ${messages.length}, "${messages[0]?.[1]}" to "${messages.at(-1)?.[1]}"`;
    }
    case 'max-offset':
    case 'min-offset':
    case 'replica-max-offset':
      return done?.f === invoked.f && done.value.offset !== undefined ? `${done.value.offset}` : error.trim();
    default:
      return invoked satisfies never;
  }
}
