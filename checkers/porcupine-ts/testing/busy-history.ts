/** Long legal histories: clients call, take effect and return at random moments. */

import type { OffsetLogInput } from '../models/offset-log.ts';
import type { RegisterInput } from '../models/register.ts';
import type { Operation, Time } from '../operation.ts';
import { SeededRandom } from './random.ts';

interface OpenOperation<Input, Output> {
  clientId: number;
  input: Input;
  output: Output;
  call: Time;
  return: Time | null;
}

function busyHistory<Input, Output>(
  count: number,
  clients: number,
  seed: number,
  invent: (random: SeededRandom, serial: number) => Input,
  takeEffect: (input: Input) => Output,
): Operation<Input, Output>[] {
  const random = new SeededRandom(seed);
  const history: OpenOperation<Input, Output>[] = [];
  const open: (OpenOperation<Input, Output> | undefined)[] = new Array(clients).fill(undefined);
  const done: boolean[] = new Array(clients).fill(false);
  for (let time = 0, left = clients; left > 0; time += 1) {
    const client = random.below(clients);
    const operation = open[client];
    if (operation === undefined) {
      if (history.length === count) {
        if (open.every((one) => one === undefined)) left = 0;
        continue;
      }
      const input = invent(random, history.length);
      const started = { clientId: client, input, output: undefined as Output, call: time, return: null };
      open[client] = started;
      history.push(started);
    } else if (done[client] !== true) {
      operation.output = takeEffect(operation.input);
      done[client] = true;
    } else {
      operation.return = time;
      open[client] = undefined;
      done[client] = false;
    }
  }
  return history;
}

/** Reads, writes and compare-and-sets of five values. */
export function busyRegister(
  count: number,
  clients: number,
  seed: number,
): Operation<RegisterInput<number>, number | boolean | undefined>[] {
  let value = 0;
  return busyHistory<RegisterInput<number>, number | boolean | undefined>(
    count,
    clients,
    seed,
    (random) => {
      const f = random.below(3);
      if (f === 0) return { f: 'read' };
      return f === 1
        ? { f: 'write', value: random.below(5) }
        : { f: 'cas', from: random.below(5), to: random.below(5) };
    },
    (input) => {
      if (input.f === 'read') return value;
      const matches = input.f === 'write' || value === input.from;
      if (input.f === 'write') value = input.value;
      else if (matches) value = input.to;
      return input.f === 'write' ? undefined : matches;
    },
  );
}

/** Appends, pulls at the tail and in the middle, and questions for the length. */
export function busyLog(
  count: number,
  clients: number,
  seed: number,
): Operation<OffsetLogInput<number>, number | readonly number[] | undefined>[] {
  const log: number[] = [];
  return busyHistory<OffsetLogInput<number>, number | readonly number[] | undefined>(
    count,
    clients,
    seed,
    (random, serial) => {
      const f = random.below(10);
      if (f < 5) return { f: 'append', message: serial };
      return f < 9 ? { f: 'pull', from: Math.max(0, log.length - random.below(8)) } : { f: 'maxOffset' };
    },
    (input) => {
      if (input.f === 'append') return log.push(input.message) - 1;
      return input.f === 'pull' ? log.slice(input.from, input.from + 4) : log.length;
    },
  );
}
