import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultWindow } from './history/fault-window.ts';
import { pull, replicaPull, type SpelledOperation, send, spell } from './history/spelled-history.ts';
import { checkStats, leastWork, type Stats, StatsCounter } from './stats.ts';

const fault: FaultWindow = {
  fault: 'kill-1',
  nemesis: 'kill',
  variant: 'master',
  targets: ['n1'],
  injected: 10,
  healed: 60,
  active: { from: 20, to: 50 },
  failure: undefined,
};

const enough: Stats = {
  byF: {
    send: { invoked: 1200, ok: 1000, fail: 100, info: 100 },
    pull: { invoked: 1000, ok: 1000, fail: 0, info: 0 },
  },
  acknowledged: leastWork.acknowledged,
  nonEmptyPulls: leastWork.nonEmptyPulls,
  tailPulls: 300,
  duringFaults: { kill: leastWork.duringFaults },
  duringAnyFault: leastWork.duringFaults,
};

const evidenceOf = (stats: Stats, windows: readonly FaultWindow[], nemeses: readonly string[]) => {
  const { verdict, evidence } = checkStats(stats, windows, {
    plannedNemeses: nemeses,
    drawsFaults: false,
    isPartOfCampaign: false,
  });
  assert.equal(verdict, 'unknown');
  return evidence;
};

describe('the gates of a valid run', () => {
  it('open at exactly the least work', () => {
    const result = checkStats(enough, [fault], {
      plannedNemeses: ['kill'],
      drawsFaults: false,
      isPartOfCampaign: false,
    });
    assert.equal(result.verdict, 'valid');
    assert.equal(result.evidence, 'ok 2000, info 100, fail 100; 1000 acknowledged, 1000 pulls with messages');
  });

  it('stay shut with one acknowledged send too few', () => {
    assert.match(
      evidenceOf({ ...enough, acknowledged: 999 }, [fault], ['kill']),
      /sends acknowledged: 999, wanted 1000/,
    );
  });

  it('stay shut with one pull with messages too few', () => {
    assert.match(
      evidenceOf({ ...enough, nonEmptyPulls: 999 }, [fault], ['kill']),
      /pulls with messages: 999, wanted 1000/,
    );
  });

  it('stay shut with one operation too few while a kind of fault was biting', () => {
    const stats = { ...enough, duringFaults: { kill: 99 } };
    assert.match(
      evidenceOf(stats, [fault], ['kill']),
      /operations invoked while kill was biting: 99, wanted 100/,
    );
  });

  it('stay shut for a kind of fault that was planned and never came', () => {
    assert.match(evidenceOf(enough, [fault], ['kill', 'pause']), /while pause was biting: 0, wanted 100/);
  });

  it('count whichever fault was biting where faults are drawn', () => {
    const drawn = { plannedNemeses: [], drawsFaults: true, isPartOfCampaign: false };
    assert.equal(checkStats(enough, [fault], drawn).verdict, 'valid');
    const { verdict, evidence } = checkStats({ ...enough, duringAnyFault: 99 }, [fault], drawn);
    assert.equal(verdict, 'unknown');
    assert.match(evidence, /operations invoked while a fault was biting: 99, wanted 100/);
  });

  it('stay shut when one fault never bit, and say why', () => {
    const toothless = { ...fault, fault: 'kill-2', active: undefined, failure: 'no proof that it bit' };
    assert.match(
      evidenceOf(enough, [fault, toothless], ['kill']),
      /kill-2 \(master\) never bit: no proof that it bit/,
    );
  });

  it('stay shut when one fault never healed', () => {
    const open = { ...fault, healed: Number.POSITIVE_INFINITY, failure: 'no proof that it healed' };
    assert.match(evidenceOf(enough, [open], ['kill']), /kill-1 \(master\): no proof that it healed/);
  });

  it('let a fault pass that found nobody to hit, within a campaign alone', () => {
    const nobody = { ...fault, active: undefined, failure: 'no target: no slave is alive' };
    const judge = (isPartOfCampaign: boolean, window: FaultWindow) =>
      checkStats(enough, [window], { plannedNemeses: [], drawsFaults: false, isPartOfCampaign }).verdict;
    assert.equal(judge(true, nobody), 'valid');
    assert.equal(judge(false, nobody), 'unknown');
    assert.equal(judge(true, { ...nobody, failure: 'no proof that it bit' }), 'unknown');
  });

  it('ask for no fault where none was planned', () => {
    assert.equal(
      checkStats({ ...enough, duringFaults: {} }, [], {
        plannedNemeses: [],
        drawsFaults: false,
        isPartOfCampaign: false,
      }).verdict,
      'valid',
    );
  });
});

describe('the counter', () => {
  const count = (windows: readonly FaultWindow[], ...operations: readonly SpelledOperation[]) => {
    const counter = new StatsCounter(windows);
    for (const operation of spell(...operations)) counter.add(operation);
    return counter.stats();
  };

  it('counts by kind and outcome', () => {
    const stats = count(
      [],
      send(1, 'a', [0, 1], 0),
      send(2, 'b', [0, 1], 'info'),
      send(3, 'c', [0, 1], 'fail'),
      send(4, 'd', [0, 1], 'open'),
      pull(5, 0, [2, 3], ['a']),
      pull(6, 1, [2, 3], []),
    );
    assert.deepEqual(stats.byF, {
      send: { invoked: 4, ok: 1, fail: 1, info: 1 },
      pull: { invoked: 2, ok: 2, fail: 0, info: 0 },
    });
    assert.deepEqual([stats.acknowledged, stats.nonEmptyPulls, stats.tailPulls], [1, 1, 0]);
  });

  it('takes a read of one replica for no pull', () => {
    assert.equal(count([], replicaPull('n2', 1, 0, [2, 3], ['a'])).nonEmptyPulls, 0);
  });

  it('counts pulls at the tail', () => {
    const tail = { process: 1, f: 'pull', asked: { queue: 'q/0', from: 3, tail: true }, call: 0 } as const;
    assert.equal(count([], tail).tailPulls, 1);
  });

  it('counts what was invoked while a fault was proven to bite, its ends included', () => {
    const stats = count(
      [fault],
      ...[19, 20, 35, 50, 51].map((call, process) => send(process, `m${call}`, [call, 90], 0)),
    );
    assert.deepEqual([stats.duringFaults, stats.duringAnyFault], [{ kill: 3 }, 3]);
  });

  it('counts an operation once where two faults of one kind overlap, and for each kind where two do', () => {
    const windows = [fault, { ...fault, fault: 'kill-2' }, { ...fault, fault: 'pause-1', nemesis: 'pause' }];
    const { duringFaults, duringAnyFault } = count(windows, send(1, 'a', [30, 31], 0));
    assert.deepEqual([duringFaults, duringAnyFault], [{ kill: 1, pause: 1 }, 1]);
  });

  it('counts nothing for a fault that never bit', () => {
    const windows = [{ ...fault, active: undefined }];
    assert.deepEqual(count(windows, send(1, 'a', [30, 31], 0)).duringFaults, { kill: 0 });
  });
});
