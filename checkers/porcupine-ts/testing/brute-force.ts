/** Linearizability by its definition: every order of the operations is tried. Slow, obvious, and sharing nothing with the engines. */
import type { Model } from '../model.ts';
import type { Operation } from '../operation.ts';

const context = { expired: () => false };

export function isLinearizable(model: Model, history: readonly Operation[]): boolean {
  if (model.partition === undefined) return someOrder(model, model.init(), history);
  const keys = new Set(history.map(({ input }) => model.partition?.(input)));
  return [...keys].every((key) =>
    someOrder(
      model,
      model.init(),
      history.filter(({ input }) => model.partition?.(input) === key),
    ),
  );
}

function someOrder(model: Model, state: unknown, remaining: readonly Operation[]): boolean {
  if (remaining.every((operation) => operation.return === null)) return true;
  return remaining.some((operation) => {
    // Whoever returned before this one was called must come first.
    const mustWait = remaining.some(
      (other) => other.return !== null && Number(other.return) < Number(operation.call),
    );
    if (mustWait) return false;
    const after =
      operation.return === null
        ? model.stepUnanswered?.(state, operation.input, context)
        : model.step(state, operation.input, operation.output, context);
    if (after === undefined) return false;
    return someOrder(
      model,
      after,
      remaining.filter((other) => other !== operation),
    );
  });
}
