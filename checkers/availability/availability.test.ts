import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultWindow } from '../history/fault-window.ts';
import type { TraceEvent } from '../history/replica-observation.ts';
import { pull, send, spell } from '../history/spelled-history.ts';
import { type AvailabilityInput, checkAvailability, type Recovery } from './availability.ts';
import { SendTimes } from './send-times.ts';

const s = 1e9;

function fault(fromS: number, toS: number, fields: Partial<FaultWindow> = {}): FaultWindow {
  return {
    fault: 'kill-1',
    nemesis: 'kill',
    variant: 'master',
    targets: ['n1'],
    injected: fromS * s,
    healed: toS * s,
    active: { from: fromS * s, to: toS * s },
    failure: undefined,
    ...fields,
  };
}

const elected = (atS: number, masterEpoch: number): TraceEvent => ({
  time: atS * s,
  node: 'c1',
  event: 'elected',
  masterEpoch,
});
const promoted = (atS: number, node: string, masterEpoch: number): TraceEvent => ({
  time: atS * s,
  node,
  event: 'role-changed',
  role: 'master',
  masterEpoch,
});

/** One send every 50 ms; acknowledged at once outside of `silences`. */
function sends(untilS: number, ...silences: readonly (readonly [number, number])[]): SendTimes {
  const times = new SendTimes();
  for (let at = 0; at < untilS; at += 0.05) {
    const silent = silences.some(([from, to]) => at > from && at < to);
    const one = send(1, `m${at}`, [at * s, at * s], silent ? 'info' : 0);
    for (const operation of spell(one)) times.add(operation);
  }
  return times;
}

function judge(input: Partial<AvailabilityInput>) {
  return checkAvailability({
    sends: sends(60),
    windows: [],
    trace: [],
    endNs: 60 * s,
    recoveryNs: 30 * s,
    ...input,
  });
}

function recovery(input: Partial<AvailabilityInput>): Recovery {
  const { recoveries } = judge(input).facts as { readonly recoveries: readonly Recovery[] };
  const [first] = recoveries;
  assert.ok(first !== undefined);
  return first;
}

describe('the checker of availability: recovery', () => {
  const trace: TraceEvent[] = [
    { time: 11.2 * s, node: 'c1', event: 'broker-inactive' },
    elected(11.3, 2),
    promoted(11.4, 'n2', 2),
    { time: 11.45 * s, node: 'n3', event: 'role-changed', role: 'slave', masterEpoch: 2 },
  ];

  it('is told by stage, from the injection of the fault', () => {
    const {
      detected,
      elected: election,
      writable,
      firstOk,
      gap,
    } = recovery({
      windows: [fault(11, 17)],
      trace,
      sends: sends(60, [11, 11.62]),
    });
    const ms = (ns: number | undefined) => Math.round((ns ?? 0) / 1e6);
    assert.deepEqual([detected, election, writable].map(ms), [200, 300, 400]);
    assert.ok(Math.abs(ms(firstOk) - 650) <= 50, `${ms(firstOk)}`);
    assert.ok(Math.abs(ms(gap) - 650) <= 50, `${ms(gap)}`);
  });

  it('has no stages where nothing was elected, and its first ok at once where sends went on', () => {
    const one = recovery({ windows: [fault(11, 17)] });
    assert.deepEqual([one.detected, one.elected, one.writable], [undefined, undefined, undefined]);
    assert.ok((one.firstOk ?? Infinity) < 0.06 * s);
    assert.ok(one.gap < 0.06 * s);
  });

  it('does not call a group that never came back quick', () => {
    const one = recovery({ windows: [fault(11, Number.POSITIVE_INFINITY)], sends: sends(60, [11, 60]) });
    assert.equal(one.firstOk, undefined);
    assert.ok(one.gap > 48 * s);
  });

  it('leaves out events of the next fault', () => {
    assert.equal(recovery({ windows: [fault(11, 17)], trace: [elected(40, 2)] }).elected, undefined);
  });

  it('leaves out faults that found no target', () => {
    const { recoveries } = judge({ windows: [fault(11, 11, { active: undefined })] }).facts as {
      recoveries: unknown[];
    };
    assert.deepEqual(recoveries, []);
  });

  it('tells median and worst of several faults', () => {
    const windows = [fault(5, 6), fault(20, 21), fault(40, 41)];
    const result = judge({ windows, sends: sends(60, [5, 6], [20, 22], [40, 44]) });
    assert.match(
      result.evidence,
      /^0 failovers, longest pause of sends by fault: median (1950|2000|2050) ms, worst (3950|4000|4050) ms$/,
    );
  });
});

describe('the checker of availability: failovers', () => {
  it('does not take for one what makes no master, or names no epoch', () => {
    const slave = { ...promoted(30, 'n3', 7), role: 'slave' };
    const result = judge({ trace: [slave, { time: 31 * s, node: 'c1', event: 'elected' }] });
    assert.equal(result.verdict, 'valid');
    assert.equal(result.evidence, '0 failovers, no fault');
  });

  it('accepts elections while the cluster starts', () => {
    const result = judge({
      trace: [elected(-2, 1), promoted(-1.9, 'n1', 1), elected(-1, 2), promoted(-0.9, 'n2', 2)],
    });
    assert.equal(result.verdict, 'valid');
    assert.match(result.evidence, /^0 failovers/);
  });

  it('accepts several within a fault and the ten seconds after it', () => {
    const trace = [elected(11.2, 2), elected(13, 3), elected(16.9, 4), elected(26.9, 5)];
    const result = judge({ windows: [fault(11, 17)], trace });
    assert.equal(result.verdict, 'valid');
    assert.match(result.evidence, /^4 failovers/);
  });

  it('refuses one without a fault, and says when', () => {
    const result = judge({ windows: [fault(11, 17)], trace: [elected(5, 2), elected(27.5, 3)] });
    assert.deepEqual(result.anomalyCounts, { 'failover-without-fault': 2 });
    assert.match(result.anomalies[0]?.detail ?? '', /epoch 2 was elected 5\.0 s into the run/);
  });

  it('does not hold against the group what it elects while its nodes are stopped, one after the other', () => {
    assert.equal(judge({ trace: [elected(60.1, 2)] }).verdict, 'valid');
    assert.equal(judge({ trace: [elected(59.9, 2)] }).verdict, 'invalid');
  });

  it('hears of an election from the broker too, and counts it once', () => {
    assert.deepEqual(judge({ trace: [promoted(5, 'n2', 2)] }).anomalyCounts, { 'failover-without-fault': 1 });
    const both = judge({ trace: [elected(5, 2), promoted(5.1, 'n2', 2)] });
    assert.deepEqual(both.anomalyCounts, { 'failover-without-fault': 1 });
    assert.deepEqual(both.anomalies[0]?.nodes, ['c1', 'n2']);
  });

  it('takes no clock that lies as the reason, unless another fault is at work', () => {
    const clock = fault(11, 17, { nemesis: 'clock', fault: 'clock-1' });
    const trace = [elected(12, 2)];
    assert.deepEqual(judge({ windows: [clock], trace }).anomalyCounts, { 'failover-without-fault': 1 });
    assert.equal(judge({ windows: [fault(10, 13), clock], trace }).verdict, 'valid');
  });

  it('does not take a fault as the reason that found no target, or touched clients alone', () => {
    const noTarget = fault(11, 11, { targets: [], active: undefined });
    assert.equal(judge({ windows: [noTarget], trace: [elected(12, 2)] }).verdict, 'invalid');
    const clients = fault(11, 17, { targets: ['w1', 'w3'] });
    assert.equal(judge({ windows: [clients], trace: [elected(12, 2)] }).verdict, 'invalid');
  });

  it('takes a fault whose heal was never proven as the reason to the end', () => {
    const open = fault(11, Number.POSITIVE_INFINITY);
    assert.equal(judge({ windows: [open], trace: [elected(50, 2)] }).verdict, 'valid');
  });
});

describe('the checker of availability: a group that does not come back', () => {
  it('refuses silence for the whole recovery time with no fault at work', () => {
    const result = judge({ windows: [fault(5, 10)], sends: sends(60, [5, 45]) });
    assert.deepEqual(result.anomalyCounts, { unavailable: 1 });
    assert.match(result.anomalies[0]?.detail ?? '', /no send was acknowledged for 30\.0 s from 10\.0 s on/);
  });

  it('takes no answer to a pull for the acknowledgement of a send', () => {
    const times = sends(60, [5, 45]);
    for (const operation of spell(pull(1, 0, [20 * s, 21 * s], []))) times.add(operation);
    assert.equal(judge({ windows: [fault(5, 10)], sends: times }).verdict, 'invalid');
  });

  it('refuses it before the first fault, too', () => {
    const result = judge({ windows: [fault(45, 50)], sends: sends(60, [0, 45]) });
    assert.deepEqual(result.anomalyCounts, { unavailable: 1 });
  });

  it('does not hold silence against a group that was hardly asked', () => {
    const asked = (tries: number) => {
      const times = sends(5);
      for (let at = 0; at < tries; at += 1)
        for (const operation of spell(send(1, `late${at}`, [(20 + at) * s, 45 * s], 'info')))
          times.add(operation);
      for (const operation of spell(send(1, 'last', [45 * s, 46 * s], 'info'))) times.add(operation);
      return judge({ windows: [fault(5, 10)], sends: times }).verdict;
    };
    assert.deepEqual([asked(9), asked(10)], ['valid', 'invalid']);
  });

  it('accepts silence while a fault is at work, and a late return', () => {
    assert.equal(judge({ windows: [fault(5, 55)], sends: sends(60, [5, 55]) }).verdict, 'valid');
    assert.equal(judge({ windows: [fault(5, 10)], sends: sends(60, [5, 39]) }).verdict, 'valid');
  });

  it('does not judge a load that had ended', () => {
    assert.equal(judge({ windows: [fault(5, 10)], sends: sends(12, [5, 12]) }).verdict, 'valid');
  });
});
