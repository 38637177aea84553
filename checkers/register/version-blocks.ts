/** Values of a register in the order that compare-and-set proves: each block is a written value and all that was made of it, one after the other. */
import type { AnomalyName } from '../anomaly.ts';
import {
  type RegisterHistory,
  type RegisterOperation,
  type RegisterValue,
  written,
} from './register-history.ts';

type Read = Extract<RegisterOperation, { f: 'read' }>;
type Cas = Extract<RegisterOperation, { f: 'cas' }>;

/** One value: what put it there (undefined: it was there from the beginning), and who read it. */
export interface Version {
  readonly value: RegisterValue;
  readonly origin: RegisterOperation | undefined;
  readonly reads: readonly Read[];
}

export type Block = readonly Version[];

export type Complain = (
  name: AnomalyName,
  value: RegisterValue,
  what: string,
  operations: readonly RegisterOperation[],
) => void;

/** Every value was put there by one operation at most, and nobody was told that a compare-and-set did not match. */
export function hasDistinctValues({ operations }: RegisterHistory): boolean {
  const values = new Set<RegisterValue>([null]);
  for (const operation of operations) {
    if (operation.f === 'cas' && operation.matched === false) return false;
    const value = written(operation);
    if (value === undefined) continue;
    if (values.has(value)) return false;
    values.add(value);
  }
  return true;
}

/** Blocks whose values hang together; reports reads of what nobody wrote, two replacements of one value, and circles. */
export function versionBlocks({ operations }: RegisterHistory, complain: Complain): Block[] {
  const origins = new Map<RegisterValue, RegisterOperation>();
  const reads = new Map<RegisterValue, Read[]>();
  for (const operation of operations) {
    const value = written(operation);
    if (value !== undefined) origins.set(value, operation);
    if (operation.f !== 'read') continue;
    const known = reads.get(operation.value);
    if (known === undefined) reads.set(operation.value, [operation]);
    else known.push(operation);
  }
  const happened = whatHappened(operations, origins, reads);
  const next = new Map<RegisterValue, Cas>();
  for (const operation of happened) {
    if (operation.f !== 'cas') continue;
    const other = next.get(operation.from);
    if (other === undefined) next.set(operation.from, operation);
    else complain('lost-update', operation.from, 'was replaced twice', [other, operation]);
  }
  const blocks: Block[] = [];
  const placed = new Set<RegisterOperation>();
  const follow = (value: RegisterValue, origin: RegisterOperation | undefined) => {
    const block: Version[] = [];
    let [at, by]: [RegisterValue, RegisterOperation | undefined] = [value, origin];
    for (;;) {
      if (by !== undefined) placed.add(by);
      block.push({ value: at, origin: by, reads: reads.get(at) ?? [] });
      reads.delete(at);
      const replaced = next.get(at);
      if (replaced === undefined || placed.has(replaced)) break;
      [at, by] = [replaced.to, replaced];
    }
    blocks.push(block);
  };
  follow(null, undefined);
  for (const operation of happened) if (operation.f === 'write') follow(operation.value, operation);
  complainOfTheRest(happened, placed, origins, reads, complain);
  return blocks;
}

/** Of unknown outcome and seen by nobody: as if it had never been. */
function whatHappened(
  operations: readonly RegisterOperation[],
  origins: ReadonlyMap<RegisterValue, RegisterOperation>,
  reads: ReadonlyMap<RegisterValue, readonly Read[]>,
): Set<RegisterOperation> {
  const happened = new Set<RegisterOperation>();
  const sure = (operation: RegisterOperation | undefined) => {
    let one = operation;
    while (one !== undefined && one.f !== 'read' && one.failed !== true && !happened.has(one)) {
      happened.add(one);
      one = one.f === 'cas' ? origins.get(one.from) : undefined;
    }
  };
  for (const operation of operations)
    if (operation.f !== 'read' && operation.ret !== Infinity) sure(operation);
  for (const value of reads.keys()) sure(origins.get(value));
  return happened;
}

function complainOfTheRest(
  happened: ReadonlySet<RegisterOperation>,
  placed: ReadonlySet<RegisterOperation>,
  origins: ReadonlyMap<RegisterValue, RegisterOperation>,
  reads: ReadonlyMap<RegisterValue, readonly Read[]>,
  complain: Complain,
): void {
  for (const [value, by] of reads) {
    const origin = origins.get(value);
    if (origin === undefined)
      complain('phantom-read', value, 'was read, but nobody wrote it', by.slice(0, 1));
    else if (origin.failed === true)
      complain('aborted-read', value, 'was read, though its write surely failed', [
        origin,
        ...by.slice(0, 1),
      ]);
  }
  const told = new Set<RegisterOperation>();
  for (const operation of happened) {
    if (operation.f !== 'cas' || placed.has(operation) || told.has(operation)) continue;
    const chain: Cas[] = [];
    let one: RegisterOperation | undefined = operation;
    while (one?.f === 'cas' && !told.has(one)) {
      told.add(one);
      chain.push(one);
      one = origins.get(one.from);
    }
    const first = chain.at(-1) ?? operation;
    if (one !== undefined && chain.includes(one as Cas))
      complain('cas-cycle', operation.from, 'was made of itself', chain);
    else if (one === undefined && first.from !== null)
      complain('phantom-read', first.from, 'was replaced, but nobody wrote it', [first]);
    else if (one?.failed === true)
      complain('aborted-read', first.from, 'was replaced, though its write surely failed', [one, first]);
    // What is left hangs on a value that was replaced twice.
  }
}
