/** Order between disk and wire: what must be durable first, and the messages that wait for it. */
import assert from 'node:assert/strict';
import { placed } from './membership.ts';
import { lastIndex } from './raft-log.ts';
import type { RaftEntry, RaftMessage } from './raft-message.ts';
import { activeConfiguration, type RaftNode } from './raft-state.ts';

export function persistHardState({ state, effects }: RaftNode): void {
  const hardState = { term: state.term, vote: state.vote };
  // A new term and the vote in it are one write.
  const last = effects.at(-1);
  const isSecond = last?.kind === 'persist' && last.what === 'hard-state';
  if (isSecond) effects.pop();
  else state.persistSequence += 1;
  state.hardStateSequence = state.persistSequence;
  effects.push({ kind: 'persist', sequence: state.persistSequence, what: 'hard-state', hardState });
}

/** Puts the entries at the end of the log, which is cut to `firstIndex` entries before. */
export function writeEntries(
  { state, effects }: RaftNode,
  firstIndex: number,
  entries: readonly RaftEntry[],
): void {
  assert(
    firstIndex > state.commitIndex,
    `entry ${firstIndex} is committed (up to ${state.commitIndex}) and must stay`,
  );
  assert(
    firstIndex <= state.entries.length,
    `entry ${firstIndex} would leave a gap behind ${lastIndex(state.entries)}`,
  );
  if (firstIndex < state.entries.length) {
    state.entries.length = firstIndex;
    // A configuration that goes with its entry makes way for the one before it.
    while (activeConfiguration(state).index >= firstIndex) state.configurations.pop();
    state.persistedIndex = Math.min(state.persistedIndex, firstIndex - 1);
    // A write that is still under way made entries durable that are gone; it must not count for those which take their place.
    for (const write of state.entryWrites) write.endIndex = Math.min(write.endIndex, firstIndex - 1);
  }
  for (const entry of entries) {
    state.entries.push(entry);
    if (entry.configuration !== undefined)
      state.configurations.push(placed(entry.index, entry.configuration));
  }
  state.persistSequence += 1;
  state.entryWrites.push({ sequence: state.persistSequence, endIndex: lastIndex(state.entries) });
  effects.push({ kind: 'persist', sequence: state.persistSequence, what: 'entries', firstIndex, entries });
}

export function sendAfter({ state, effects }: RaftNode, afterSequence: number, message: RaftMessage): void {
  if (state.persistedSequence >= afterSequence && message.to !== message.from)
    effects.push({ kind: 'send', message });
  else state.heldMessages.push({ afterSequence, message });
}

/** Returns the messages that may go out now. */
export function notePersisted({ state }: RaftNode, sequence: number): readonly RaftMessage[] {
  assert(sequence <= state.persistSequence, `persist ${sequence} was never asked for`);
  state.persistedSequence = Math.max(state.persistedSequence, sequence);
  for (
    let write = state.entryWrites[0];
    write !== undefined && write.sequence <= sequence;
    write = state.entryWrites[0]
  ) {
    state.persistedIndex = Math.max(state.persistedIndex, write.endIndex);
    state.entryWrites.shift();
  }
  if (state.heldMessages.length === 0) return [];
  const released: RaftMessage[] = [];
  const held = state.heldMessages.splice(0);
  for (const waiting of held) {
    if (waiting.afterSequence <= sequence) released.push(waiting.message);
    else state.heldMessages.push(waiting);
  }
  return released;
}
