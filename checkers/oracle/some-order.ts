/** Linearizability by its definition: tries every order that respects real time. */

interface Timed {
  readonly call: number;
  readonly ret: number;
}

/** `step`: the state after the operation, undefined where it cannot have been next. What never returned may be left out. */
export function someOrderFits<O extends Timed, S>(
  operations: readonly O[],
  state: S,
  step: (operation: O, state: S) => S | undefined,
): boolean {
  if (operations.every(({ ret }) => ret === Infinity)) return true;
  return operations.some((operation) => {
    if (operations.some((other) => other.ret < operation.call)) return false;
    const next = step(operation, state);
    if (next === undefined) return false;
    return someOrderFits(
      operations.filter((other) => other !== operation),
      next,
      step,
    );
  });
}
