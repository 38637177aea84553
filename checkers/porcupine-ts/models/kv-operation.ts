/** An operation of the kv model as its programs see it. */
import type { ProgramOperation } from '../program/program.ts';
import type { KvInput } from './kv.ts';

export type KvOperation = ProgramOperation<KvInput, string | undefined>;

/** Operations of one key with equal names are interchangeable when they have no answer. */
export function nameOf({ input }: KvOperation): string {
  return input.f === 'get' ? 'get' : `${input.f} ${input.value}`;
}

/** What the gets among them saw. */
export function answersOf(operations: readonly KvOperation[]): string[] {
  const answers: string[] = [];
  for (const { input, output, return: back } of operations)
    if (input.f === 'get' && back !== null && output !== undefined) answers.push(output);
  return answers;
}
