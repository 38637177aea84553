/** Small concurrent histories: what a correct server might have done, with answers that got lost and answers that are wrong. */
import type { Operation } from '../operation.ts';
import type { SeededRandom } from './random.ts';
import { impossible, type Subject } from './subjects.ts';

const context = { expired: () => false };

export function randomHistory(subject: Subject, random: SeededRandom): Operation[] {
  const count = 1 + random.below(random.chance(0.2) ? 9 : 7);
  // Few moments make ties, many make sequences.
  const moments = random.pick([4, 8, 20]);
  const lengthMax = random.pick([2, 5, 10, 20]);
  const lossy = random.pick([0, 0, 0.3, 0.6]);
  const planned = Array.from({ length: count }, (_, serial) => {
    const call = random.below(moments);
    const back = call + random.below(lengthMax);
    return { input: subject.input(random, serial), call, back, point: call + random.below(back - call + 1) };
  });
  planned.sort((one, other) => one.point - other.point);
  let state = subject.model.init();
  const operations: Operation[] = [];
  for (const { input, call, back } of planned) {
    const lost = random.chance(lossy);
    const output = subject.answer(state as never, input as never, random);
    if (output === impossible && random.chance(0.9)) continue;
    if (!lost || random.chance(0.5)) {
      const after = lost
        ? subject.model.stepUnanswered?.(state, input, context)
        : subject.model.step(state, input, output === impossible ? undefined : output, context);
      if (after !== undefined) state = after;
    }
    const answered = output === impossible ? undefined : output;
    operations.push({
      id: operations.length,
      input,
      call,
      ...(lost ? { return: null } : { output: answered, return: back }),
    });
  }
  const wrong = random.chance(0.6) ? random.below(operations.length) : -1;
  const history = operations.map((operation, at) =>
    at === wrong && operation.return !== null
      ? { ...operation, output: subject.anyAnswer(random, operation.input as never) }
      : operation,
  );
  // In no particular order.
  return random.chance(0.5) ? history : history.reverse();
}
