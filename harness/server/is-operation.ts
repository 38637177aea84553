/** Whether a value has what the figures need of an operation or of a fault's event: the files are read while others write them. */
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import { recordOf, textsOf } from './json-value.ts';

const types: ReadonlySet<unknown> = new Set(['invoke', 'ok', 'fail', 'info']);
const phases: ReadonlySet<unknown> = new Set(['inject', 'bit', 'heal', 'healed', 'failed']);

export function isOperation(value: unknown): value is Operation {
  const { time, process, type, f } = recordOf(value);
  return Number.isFinite(time) && typeof process === 'number' && types.has(type) && typeof f === 'string';
}

export function isFaultEvent(value: unknown): value is FaultEvent {
  const { time, fault, phase, nemesis, variant, targets } = recordOf(value);
  return (
    Number.isFinite(time) &&
    [fault, nemesis, variant].every((text) => typeof text === 'string') &&
    phases.has(phase) &&
    textsOf(targets).length === (targets as readonly unknown[] | undefined)?.length
  );
}
