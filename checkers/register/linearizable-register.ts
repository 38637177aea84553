/**
 * Whether a register behaves as one value that all clients share.
 *
 * Where every value is written once, each block of values (version-blocks.ts) is one zone: from the first return f to the last call s. f < s: it
 * was surely there all that time (forward); else it may have been there at one moment of [s, f] (backward). The history is linearizable iff
 * each block is feasible in its own order, no two forward zones overlap and no backward zone lies within a forward one (Gibbons and Korach);
 * O(n log n). Other histories are searched (register-search.ts).
 */
import { type CheckResult, unknownResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { seconds } from '../history/interval.ts';
import type { RegisterHistory, RegisterOperation } from './register-history.ts';
import { searchRegister } from './register-search.ts';
import { type Block, type Complain, hasDistinctValues, versionBlocks } from './version-blocks.ts';

const checker = 'register/linearizable';

export function checkRegister(history: RegisterHistory): CheckResult {
  const found = new AnomalyCollector();
  const { register, operations } = history;
  const complain: Complain = (name, value, what, by) =>
    found.add({
      name,
      detail: `${register}: ${JSON.stringify(value)} ${what}`,
      operations: by.map(({ index }) => index).sort((a, b) => a - b),
    });
  const evidence = `${operations.length} operations fit one order`;
  if (hasDistinctValues(history)) {
    const zones = versionBlocks(history, complain).flatMap((block) => zoneOf(block, complain));
    checkZones(zones, complain);
    return found.result(checker, evidence);
  }
  const fits = searchRegister(operations);
  if (fits === undefined)
    return unknownResult(
      checker,
      `${register}: values are written more than once, and too many orders are possible`,
    );
  if (!fits) {
    const matched = operations.filter(
      ({ f, ...rest }) => !(f === 'cas' && 'matched' in rest && rest.matched === false),
    );
    const blamed = matched.length < operations.length && searchRegister(matched) === true;
    complain(
      blamed ? 'illegal-cas-failure' : 'stale-read',
      null,
      'and what followed fit no order',
      operations,
    );
  }
  return found.result(checker, evidence);
}

interface Zone {
  readonly block: Block;
  /** The first to return, and the last to begin. */
  readonly first: RegisterOperation | undefined;
  readonly last: RegisterOperation | undefined;
  readonly f: number;
  readonly s: number;
}

/** None where the block fits no order by itself. */
function zoneOf(block: Block, complain: Complain): Zone[] {
  let earliest = -Infinity;
  let feasible = true;
  let [first, last]: [RegisterOperation | undefined, RegisterOperation | undefined] = [undefined, undefined];
  const take = (operation: RegisterOperation) => {
    if (first === undefined || operation.ret < first.ret) first = operation;
    if (last === undefined || operation.call > last.call) last = operation;
  };
  for (const { value, origin, reads } of block) {
    if (origin !== undefined) {
      take(origin);
      if (earliest > origin.ret) {
        feasible = false;
        complain('stale-read', value, `was written by ${seconds(origin.ret)}, before what it was made of`, [
          origin,
        ]);
      }
      earliest = Math.max(earliest, origin.call);
    }
    const from = earliest;
    for (const read of reads) {
      take(read);
      earliest = Math.max(earliest, read.call);
      if (from <= read.ret) continue;
      feasible = false;
      const future = origin !== undefined && read.ret < origin.call;
      const what = future ? 'was read before its write began' : 'was read before what it was made of';
      complain(
        future ? 'future-read' : 'stale-read',
        value,
        what,
        origin === undefined ? [read] : [origin, read],
      );
    }
  }
  const initial = block[0]?.origin === undefined;
  const f = initial ? -Infinity : ((first as RegisterOperation | undefined)?.ret ?? Infinity);
  return feasible
    ? [{ block, first, last, f, s: (last as RegisterOperation | undefined)?.call ?? -Infinity }]
    : [];
}

function checkZones(zones: readonly Zone[], complain: Complain): void {
  const forward = zones.filter(({ f, s }) => f < s).sort((a, b) => a.f - b.f);
  let current: Zone | undefined;
  for (const zone of forward) {
    if (current !== undefined && zone.f < current.s) tell(current, zone, complain);
    if (current === undefined || zone.s > current.s) current = zone;
  }
  let at = 0;
  for (const zone of zones.filter(({ f, s }) => f >= s).sort((a, b) => a.s - b.s)) {
    while ((forward[at + 1]?.f ?? Infinity) < zone.s) at += 1;
    const around = forward[at];
    if (around !== undefined && around.f < zone.s && zone.f < around.s) tell(around, zone, complain);
  }
}

function tell(one: Zone, other: Zone, complain: Complain): void {
  const shown = [one.first, other.first, other.last, one.last].filter((operation) => operation !== undefined);
  const [mine, theirs] = [one.block, other.block].map((block) => JSON.stringify(block[0]?.value ?? null));
  complain(
    'stale-read',
    one.block.at(-1)?.value ?? null,
    `is seen at ${seconds(one.s)}, though ${mine} had been replaced by ${theirs} or came back after it`,
    [...new Set(shown)],
  );
}
