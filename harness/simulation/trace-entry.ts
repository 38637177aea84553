/** One line of what happened in a simulated run, whoever saw it. */

import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import { pairOperations } from '../../checkers/history/paired-operations.ts';
import type { WorldEvent } from '../deployment/sim/world-watch.ts';
import { clientHosts } from '../record/run-plan.ts';
import type { SimulatedRun } from './run-in-simulation.ts';

export interface TraceEntry {
  /** From the start of the load; what came before it is negative. */
  readonly atMs: number;
  readonly node: string;
  /** 'role-changed', 'net', 'log', 'inject', 'send ok', ... */
  readonly kind: string;
  /** The other end, where there is one. */
  readonly to?: string;
  readonly what: string;
}

/** In order of time: servers' events and logs, faults, operations, and what of the world was watched. */
export function traceEntries(run: SimulatedRun, watched: readonly WorldEvent[]): TraceEntry[] {
  const { output } = run;
  const entries: TraceEntry[] = [
    ...watched.map(({ time, node, kind, to, what }) => ({
      atMs: time - output.startMs,
      node,
      kind,
      what,
      ...(to === undefined ? {} : { to }),
    })),
    ...output.trace.map(({ time, node, event, ...fields }) => ({
      atMs: time / 1e6,
      node,
      kind: event,
      what: fieldsText(fields),
    })),
    ...output.log.map(({ time, node, level, line }) => ({
      atMs: time - output.startMs,
      node,
      kind: level === 'info' ? 'log' : level,
      what: line.split('\n', 1)[0] ?? '',
    })),
    ...output.faults.map(faultEntry),
    ...operationEntries(output.history.operations, run.scenario.plan.concurrency),
  ];
  // Whole microseconds, as the world counts them: what happens together stays in the order above.
  const us = ({ atMs }: TraceEntry) => Math.round(atMs * 1000);
  return entries.sort((a, b) => us(a) - us(b));
}

function faultEntry(event: FaultEvent): TraceEntry {
  return {
    atMs: event.time / 1e6,
    node: 'fault',
    kind: event.phase,
    what: [event.fault, event.variant, linksText(event), proofText(event)].filter(Boolean).join(' '),
  };
}

function linksText({ targets, links }: FaultEvent): string {
  return links === undefined ? targets.join(',') : links.map(([from, to]) => `${from}>${to}`).join(',');
}

function proofText({ phase, proof }: FaultEvent): string {
  return phase === 'failed' && proof?.['reason'] !== undefined ? `(${String(proof['reason'])})` : '';
}

function operationEntries(operations: readonly Operation[], concurrency: number): TraceEntry[] {
  const ends = new Map(
    pairOperations(operations).flatMap(({ invoked, done }) =>
      done === undefined ? [] : [[done.index, invoked] as const],
    ),
  );
  return operations.map((operation) => {
    const host = `w${((operation.process % concurrency) % clientHosts) + 1}`;
    const asked = ends.get(operation.index);
    return {
      atMs: operation.time / 1e6,
      node: operation.f.startsWith('replica') ? 'observer' : host,
      kind: `${operation.f} ${operation.type}`,
      ...(operation.node === undefined ? {} : { to: operation.node }),
      what: `#${asked?.index ?? operation.index} p${operation.process} ${operationText(operation)}`,
    };
  });
}

/** 't/0 5-1 @12': what was asked and answered. */
export function operationText(operation: Operation): string {
  const { value, error, f } = operation;
  const failure = error === undefined ? '' : ` (${error.split('\n', 1)[0]})`;
  if (f === 'send') {
    const at = operation.value.offset === undefined ? '' : ` @${operation.value.offset}`;
    return `${value.queue} ${operation.value.message}${at}${failure}`;
  }
  if (f === 'pull' || f === 'replica-pull') {
    const { from, tail, messages } = operation.value;
    const read = messages?.map(([offset, message]) => `${message}@${offset}`).join(' ');
    const answer = read === undefined ? '' : ` -> ${read === '' ? 'nothing' : read}`;
    return `${value.queue} from ${from}${tail === true ? ' (tail)' : ''}${answer}${failure}`;
  }
  const end = operation.value.offset;
  return `${value.queue}${end === undefined ? '' : ` -> ${end}`}${failure}`;
}

/** 'role=slave masterEpoch=2'. */
function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
    .split('\n', 1)
    .join('');
}
