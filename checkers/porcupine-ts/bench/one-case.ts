/** One case of the benchmark in a process of its own: `one-case.js NAME ENGINE ROUNDS`. Prints its figures as one line of JSON. */
import { checkEvents, checkOperations } from '../check.ts';
import type { Model } from '../model.ts';
import { kv } from '../models/kv.ts';
import { offsetLog } from '../models/offset-log.ts';
import { casRegister } from '../models/register.ts';
import type { Operation } from '../operation.ts';
import { busyLog, busyRegister } from '../testing/busy-history.ts';
import { etcdLogs, kvLog } from '../testing/porcupine-data.ts';
import type { Verdict } from '../verdict.ts';

const million = 1_000_000;
const [name = 'etcd', engineName = 'fast', rounds = '10'] = process.argv.slice(2);
const engine = engineName === 'compat' ? 'compat' : 'fast';
const round = prepared(name);

const cold = timed(round);
const warm: number[] = [];
if (name !== 'register' && name !== 'log') {
  // The compiler has done what it will do after some dozens of rounds, or after two seconds.
  const until = performance.now() + 2000;
  for (let at = 0; at < 60 && performance.now() < until; at += 1) round();
  for (let at = 0; at < Number(rounds); at += 1) warm.push(timed(round).ms);
}
warm.sort((one, other) => one - other);
const ok = cold.verdicts.filter((verdict) => verdict === 'ok').length;
const figures = {
  verdicts: `${ok} ok, ${cold.verdicts.filter((verdict) => verdict === 'illegal').length} illegal`,
  coldMs: cold.ms,
  warmMs: warm[warm.length >> 1] ?? cold.ms,
  rssMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function timed(run: () => Verdict[]): { ms: number; verdicts: Verdict[] } {
  const started = performance.now();
  const verdicts = run();
  return { ms: performance.now() - started, verdicts };
}

function prepared(what: string): () => Verdict[] {
  if (what === 'etcd') {
    const histories = etcdLogs().map(({ events }) => events);
    const model = casRegister() as Model;
    return () => histories.map((events) => checkEvents(model, events, { engine }).verdict);
  }
  if (what === 'register' || what === 'log') {
    const history = (
      what === 'register' ? busyRegister(million, 10, 1) : busyLog(million, 10, 1)
    ) as Operation[];
    const model = (what === 'register' ? casRegister({ initial: 0 }) : offsetLog()) as Model;
    return () => [checkOperations(model, history, { engine }).verdict];
  }
  const file = what.replace(/-all-keys$/, '');
  const events = kvLog(file);
  const model = kv({ partition: file === what }) as Model;
  return () => [checkEvents(model, events, { engine }).verdict];
}
