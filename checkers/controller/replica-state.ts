/**
 * Master and SyncStateSet as one register with compare-and-set by epoch: every change makes the next set epoch, and each of them names one master,
 * one master epoch and one set. The set has the master in it, and a new master was in the set before.
 */
import type { AnomalyName, CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { type Interval, seconds } from '../history/interval.ts';
import type { TraceEvent } from '../history/replica-observation.ts';
import { type StateConflict, type StateOperation, stateConflicts } from '../register/versioned-states.ts';

/** What a change made, or what somebody was told; `setEpoch` is the version. */
export interface ReplicaState extends Interval {
  readonly kind: 'update' | 'read';
  readonly group: string;
  readonly setEpoch: number;
  readonly masterEpoch: number;
  /** Undefined: no master, or not told. */
  readonly master?: number;
  readonly set: readonly number[];
  readonly observer?: string;
}

const checker = 'controller/replica-state';

export interface ReplicaStateRules {
  /** Only a member of the set may be elected. */
  readonly cleanElections: boolean;
  /** Where the set has but one member for ever, nobody tells of it. */
  readonly changesExpected: boolean;
}

export function checkReplicaState(
  states: readonly ReplicaState[],
  { cleanElections, changesExpected }: ReplicaStateRules = { cleanElections: true, changesExpected: true },
): CheckResult {
  const found = new AnomalyCollector();
  const groups = new Map<string, ReplicaState[]>();
  for (const state of states) {
    const known = groups.get(state.group);
    if (known === undefined) groups.set(state.group, [state]);
    else known.push(state);
  }
  let versions = 0;
  for (const own of groups.values()) {
    const told = own.map((state): Told => ({ ...state, version: state.setEpoch, content: contentOf(state) }));
    for (const conflict of stateConflicts(told)) found.add(anomalyOf(conflict));
    versions += checkMasters(told, cleanElections, found);
  }
  return found.result(
    checker,
    `${versions} versions of master and SyncStateSet, each with one content, none ever taken back`,
    { versions },
    versions === 0 && changesExpected ? 'nobody told a SyncStateSet with its epoch' : undefined,
  );
}

type Told = StateOperation & ReplicaState;

function contentOf({ masterEpoch, set }: ReplicaState): string {
  return `master epoch ${masterEpoch}, set {${[...set].sort((a, b) => a - b).join(',')}}`;
}

const names: Readonly<Record<StateConflict['kind'], AnomalyName>> = {
  'two-updates': 'lost-update',
  'two-contents': 'state-divergence',
  'read-before-update': 'future-epoch',
  'update-behind': 'state-regress',
  'read-behind': 'stale-state',
  'observer-back': 'state-regress',
};

function anomalyOf({ kind, one, other }: StateConflict) {
  return {
    name: names[kind],
    detail: `${said(one)}; ${said(other)}`,
    operations: [one, other].filter(({ index }) => index >= 0).map(({ index }) => index),
    at: other.call,
    nodes: [one, other].flatMap(({ observer }) => (observer === undefined ? [] : [observer])),
  };
}

function said({ kind, version, content, call, observer }: StateOperation): string {
  const who =
    observer === undefined
      ? kind === 'update'
        ? 'a change made'
        : 'a reader was told'
      : `${observer} tells`;
  return `${who} set epoch ${version} (${content}) at ${seconds(call)}`;
}

/** Version by version. Returns how many there are. */
function checkMasters(told: readonly Told[], cleanElections: boolean, found: AnomalyCollector): number {
  const byVersion = new Map<number, Told>();
  for (const state of told) {
    const known = byVersion.get(state.version);
    if (known === undefined || (known.master === undefined && state.master !== undefined))
      byVersion.set(state.version, state);
  }
  let before: Told | undefined;
  for (const state of [...byVersion.values()].sort((a, b) => a.version - b.version)) {
    const { master, set, masterEpoch, version, call } = state;
    const add = (name: AnomalyName, detail: string) =>
      found.add({ name, detail, operations: state.index < 0 ? [] : [state.index], at: call });
    const text = `set epoch ${version} (${state.content})`;
    if (master !== undefined && !set.includes(master))
      add('master-outside-set', `${text} does not have its master, broker ${master}, in the set`);
    if (before !== undefined && masterEpoch < before.masterEpoch)
      add(
        'epoch-regress',
        `${text} comes after set epoch ${before.version} of master epoch ${before.masterEpoch}`,
      );
    if (before?.master !== undefined && master !== undefined && master !== before.master) {
      if (masterEpoch === before.masterEpoch)
        add(
          'dual-master',
          `master epoch ${masterEpoch} belongs to broker ${before.master} and to broker ${master}`,
        );
      else if (cleanElections && version === before.version + 1 && !before.set.includes(master))
        add(
          'unclean-election',
          `${text}: broker ${master} became master, which was not in the set {${before.set.join(',')}} before`,
        );
    }
    before = state;
  }
  return byVersion.size;
}

/** From `sync-state-set` of controllers and masters, with the masters that `elected` names. What a node tells in one life says nothing of the next. */
export function replicaStates(trace: readonly TraceEvent[], defaultGroup: string): ReplicaState[] {
  const lives = new Map<string, number>();
  const masters = new Map<string, number>();
  for (const { event, brokerName, masterEpoch, masterBrokerId } of trace)
    if (event === 'elected' && typeof masterBrokerId === 'number')
      masters.set(`${String(brokerName)} ${String(masterEpoch)}`, masterBrokerId);
  const states: ReplicaState[] = [];
  for (const { time, node, event, ...fields } of trace) {
    if (event === 'node-started') lives.set(node, (lives.get(node) ?? 0) + 1);
    const { set, setEpoch, masterEpoch, brokerName } = fields;
    if (event !== 'sync-state-set' || !Array.isArray(set)) continue;
    if (typeof setEpoch !== 'number' || typeof masterEpoch !== 'number') continue;
    const life = lives.get(node) ?? 0;
    const group = typeof brokerName === 'string' ? brokerName : defaultGroup;
    const master = masters.get(`${group} ${masterEpoch}`);
    states.push({
      kind: 'read',
      group,
      ...(master === undefined ? {} : { master }),
      setEpoch,
      masterEpoch,
      set: set as number[],
      observer: life > 1 ? `${node} (life ${life})` : node,
      call: time,
      ret: time,
      index: -1,
    });
  }
  return states;
}
