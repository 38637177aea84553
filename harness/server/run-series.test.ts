import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Operation } from '../../checkers/history/operation.ts';
import { Latencies } from './latencies.ts';
import { RunSeries } from './run-series.ts';

const near = (actual: number | undefined, wanted: number) =>
  assert.ok(
    actual !== undefined && Math.abs(actual - wanted) <= wanted * 0.03,
    `${actual}, wanted ${wanted}`,
  );

describe('latencies', () => {
  it('give quantiles within three percent, from microseconds to minutes', () => {
    const latencies = new Latencies();
    for (let at = 1; at <= 1000; at += 1) latencies.add(at);
    near(latencies.quantile(0.5), 500);
    near(latencies.quantile(0.99), 990);
    assert.equal(latencies.longestMs, 1000);
    const extremes = new Latencies();
    extremes.add(0.03);
    extremes.add(200_000);
    near(extremes.quantile(0.5), 0.03);
    near(extremes.quantile(1), 200_000);
  });

  it('of nothing have no quantile', () => {
    assert.equal(new Latencies().quantile(0.5), undefined);
  });
});

/** A send that takes `ms`, from `atS` on. */
function* send(process: number, atS: number, ms: number, type: 'ok' | 'info' = 'ok'): Generator<Operation> {
  const value = { queue: 'q/0', message: `${process}-${atS}` };
  yield { index: 0, time: atS * 1e9, process, type: 'invoke', f: 'send', value };
  yield { index: 0, time: atS * 1e9 + ms * 1e6, process, type, f: 'send', value };
}

describe('the series of a run', () => {
  it('counts what ended in each quarter of a second, per second', () => {
    const series = new RunSeries();
    for (const at of [0.01, 0.1, 0.6]) for (const operation of send(1, at, 10)) series.add(operation);
    for (const operation of send(2, 0.3, 1, 'info')) series.add(operation);
    const { binS, sendOk, info, p50 } = series.columns();
    assert.deepEqual([binS, sendOk, info], [0.25, [8, 0, 4], [0, 4, 0]]);
    assert.equal(p50[1], null);
    near(p50[2] ?? undefined, 10);
    const { ok, sendOk: acknowledged, info: open, invoked, latencies } = series.totals();
    assert.deepEqual([ok, acknowledged, open, invoked, latencies['send']?.count], [3, 3, 1, 4, 3]);
  });

  it('tells what is new alone to those who know the rest', () => {
    const series = new RunSeries();
    for (const at of [0.1, 0.3, 0.6]) for (const operation of send(1, at, 1)) series.add(operation);
    const { from, sendOk } = series.columns(0.25);
    assert.deepEqual([from, sendOk], [1, [4, 4]]);
  });

  it('has a bounded number of bins, and loses nothing when they become wider', () => {
    const series = new RunSeries();
    for (let second = 0; second < 3600; second += 1)
      for (const operation of send(1, second, 5)) series.add(operation);
    const { binS, sendOk, p50 } = series.columns();
    assert.ok(sendOk.length <= 480, `${sendOk.length}`);
    assert.equal(Math.round(sendOk.reduce((sum, rate) => sum + rate * binS, 0)), 3600);
    near(p50[0] ?? undefined, 5);
  });

  it('leaves reads of single replicas aside', () => {
    const series = new RunSeries();
    const value = { queue: 'q/0', from: 0 };
    series.add({ index: 0, time: 1, process: 1, type: 'invoke', f: 'replica-pull', value });
    series.add({ index: 1, time: 2, process: 1, type: 'ok', f: 'replica-pull', value });
    assert.deepEqual([series.totals().ok, series.totals().invoked], [0, 0]);
  });
});
