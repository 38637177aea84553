/** What the report page draws. */
import type { CheckResult, Verdict } from '../../checkers/anomaly.ts';
import { type FaultWindow, wasInjected } from '../../checkers/history/fault-window.ts';
import type { ReplicaObservation, TraceEvent } from '../../checkers/history/replica-observation.ts';
import { clientHosts } from '../record/run-plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import { clockOffsets, type ReportClock } from './clock-offsets.ts';
import {
  type DrawnOperations,
  type OperationNames,
  type ReportOperations,
  rateBinMs,
} from './drawn-operations.ts';
import type { MessageTravels, ReportTravels } from './message-travels.ts';
import { type ReportLogs, replicaLogs } from './replica-logs.ts';

export interface ReportFault {
  readonly name: string;
  readonly nemesis: string;
  readonly variant: string;
  readonly targets: readonly string[];
  /** Milliseconds. `to` is the end of the run where the heal was never proven. */
  readonly from: number;
  readonly to: number;
  readonly bit: boolean;
  readonly failure: string | null;
}

export interface ReportRole {
  readonly node: string;
  readonly at: number;
  /** 'master', 'slave'; 'starting' until it knows. */
  readonly role: string;
  readonly epoch: number;
}

export interface ReportEvent {
  readonly at: number;
  readonly node: string;
  readonly event: string;
  /** Its fields, short. */
  readonly text: string;
}

export interface ReportData {
  readonly title: string;
  readonly verdict: Verdict;
  readonly record: RunRecord;
  readonly results: readonly CheckResult[];
  readonly operations: ReportOperations;
  readonly names: OperationNames;
  /** Operations in the history; more than are drawn where `operations` is a sample. */
  readonly operationCount: number;
  readonly faults: readonly ReportFault[];
  /** In order of time. */
  readonly roles: readonly ReportRole[];
  /** Empty where no clock was moved. */
  readonly clocks: readonly ReportClock[];
  /** By "f type": how many ended in each stretch of `rateBinMs` of the run. */
  readonly rates: Readonly<Record<string, readonly number[]>>;
  readonly rateBinMs: number;
  readonly travels: ReportTravels;
  readonly logs: ReportLogs;
  /** Clients w1, w2, ... share the processes. */
  readonly clientHosts: number;
  /** What the servers said of roles, elections and logs, in order of time. */
  readonly events: readonly ReportEvent[];
  /** Events there were; more than are listed where there are very many. */
  readonly eventCount: number;
  /** Of a nemesis' bands: light, dark. */
  readonly colours: Readonly<Record<string, readonly [string, string]>>;
}

export interface ReportInput {
  readonly title: string;
  readonly verdict: Verdict;
  readonly record: RunRecord;
  readonly results: readonly CheckResult[];
  readonly windows: readonly FaultWindow[];
  readonly trace: readonly TraceEvent[];
  readonly replicas: readonly ReplicaObservation[];
  readonly drawn: DrawnOperations;
  readonly travels: MessageTravels;
  readonly colours: Readonly<Record<string, readonly [string, string]>>;
}

/** Told so often that the others would drown. */
const frequentEvents: ReadonlySet<string> = new Set(['confirm', 'clock']);
const eventsMax = 5000;
/** Fields that every event has. */
const commonFields: ReadonlySet<string> = new Set(['time', 't', 'mono', 'wall', 'node', 'life', 'event']);

export function reportData(input: ReportInput): ReportData {
  const { title, verdict, record, results, windows, trace, replicas, drawn, colours } = input;
  const events = trace.filter(({ event }) => !frequentEvents.has(event));
  const wanted = new Set(
    results.flatMap(({ anomalies }) => anomalies.flatMap(({ operations }) => operations)),
  );
  const operations = drawn.columns(wanted);
  return {
    title,
    verdict,
    record,
    results,
    operations,
    names: drawn.names,
    operationCount: drawn.count,
    faults: windows.filter(wasInjected).map((window) => faultOf(window, record.endNs)),
    roles: trace.flatMap(roleOf),
    clocks: clockOffsets(trace, record.startWallMs),
    rates: drawn.rates,
    rateBinMs,
    travels: input.travels.columns(operations.index, replicas),
    logs: replicaLogs({ trace, replicas, brokerIds: record.brokerIds, endNs: record.endNs }),
    clientHosts,
    events: events.slice(0, eventsMax).map(eventOf),
    eventCount: events.length,
    colours,
  };
}

function faultOf(window: FaultWindow, endNs: number): ReportFault {
  const { fault, nemesis, variant, targets, injected, healed, active, failure } = window;
  return {
    name: fault,
    nemesis,
    variant,
    targets,
    from: injected / 1e6,
    to: Math.min(healed, endNs) / 1e6,
    bit: active !== undefined,
    failure: failure ?? null,
  };
}

function roleOf(event: TraceEvent): ReportRole[] {
  const { node, time } = event;
  if (event.event === 'node-started') return [{ node, at: time / 1e6, role: 'starting', epoch: 0 }];
  if (event.event !== 'role-changed') return [];
  const epoch = typeof event['masterEpoch'] === 'number' ? event['masterEpoch'] : 0;
  return [{ node, at: time / 1e6, role: String(event['role']), epoch }];
}

function eventOf({ time, node, event, ...fields }: TraceEvent): ReportEvent {
  const text = Object.entries(fields)
    .filter(([name]) => !commonFields.has(name))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return { at: time / 1e6, node, event, text: text.slice(0, 300) };
}
