/** One instruction of a program. Both engines call this in their innermost loop; it is small enough to be inlined there. */
import { instructions, type StateSpace } from '../program/program.ts';

export function step(code: Int32Array, space: StateSpace, state: number, operation: number): number {
  const at = operation * 3;
  const a = code[at + 1] as number;
  switch ((code[at] as number) & 15) {
    case instructions.set:
      return code[at + 2] as number;
    case instructions.setIfEqual:
      return state === a ? (code[at + 2] as number) : -1;
    case instructions.keepUnlessEqual:
      return state === a ? -1 : state;
    case instructions.setOrKeep:
      return state === a ? (code[at + 2] as number) : state;
    case instructions.keepWithin:
      return a <= state && state <= (code[at + 2] as number) ? state : -1;
    case instructions.add:
      return state + a;
    case instructions.space:
      return space.step(state, operation);
    default:
      return -1;
  }
}
