/** Every order, with memory of what was tried: for short histories of a register in which values are written more than once. */
import type { RegisterOperation, RegisterValue } from './register-history.ts';

const configurationsMax = 200_000;

/** Whether some order fits; undefined where too many would have to be tried. */
export function searchRegister(operations: readonly RegisterOperation[]): boolean | undefined {
  const relevant = operations.filter(
    ({ failed, f, ret }) => failed !== true && !(f === 'read' && ret === Infinity),
  );
  const required = relevant.reduce(
    (mask, { ret }, at) => (ret === Infinity ? mask : mask | (1n << BigInt(at))),
    0n,
  );
  const tried = new Set<string>();
  const stack: (readonly [bigint, RegisterValue])[] = [[0n, null]];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [done, value] = top;
    if ((done & required) === required) return true;
    const key = `${done.toString(36)} ${JSON.stringify(value)}`;
    if (tried.has(key)) continue;
    if (tried.size >= configurationsMax) return undefined;
    tried.add(key);
    const left = relevant
      .map((operation, at) => ({ operation, bit: 1n << BigInt(at) }))
      .filter(({ bit }) => (done & bit) === 0n);
    const deadline = left.reduce((least, { operation }) => Math.min(least, operation.ret), Infinity);
    for (const { operation, bit } of left) {
      if (operation.call > deadline) continue;
      const next = step(operation, value);
      if (next !== undefined) stack.push([done | bit, next]);
    }
  }
  return false;
}

function step(operation: RegisterOperation, value: RegisterValue): RegisterValue | undefined {
  switch (operation.f) {
    case 'write':
      return operation.value;
    case 'read':
      return operation.value === value ? value : undefined;
    case 'cas':
      if (operation.matched === false) return operation.from === value ? undefined : value;
      return operation.from === value ? operation.to : undefined;
    default:
      return operation satisfies never;
  }
}
