/** What happens to a member, in words. */
import { describeMessage } from '../../../cluster/raft/raft-lines.ts';
import type { Before, MemberInput } from './raft-step.ts';

export function describeInput(
  id: string,
  input: MemberInput,
  isRepeat: boolean,
  { isLapsed, isSticking }: Before,
): string {
  const before = `${isLapsed ? `${describeKind(id, { kind: 'lapse' }, false)}; ` : ''}${
    isSticking ? `${describeKind(id, { kind: 'stick' }, false)}; ` : ''
  }`;
  return before + describeKind(id, input, isRepeat);
}

function describeKind(id: string, input: MemberInput, isRepeat: boolean): string {
  switch (input.kind) {
    case 'message':
      return `${isRepeat ? 'a message comes, and will come again:' : 'a message comes:'} ${describeMessage(input.message).trim()}`;
    case 'campaign':
      return `${id} has waited long enough for a leader`;
    case 'lapse':
      return `${id} has not heard its leader for an election timeout`;
    case 'sync':
      return `the disk of ${id} has written everything after all`;
    case 'stick':
      return `the disk of ${id} takes its time from here on`;
    case 'hear-of-term':
      return `${id} asked something long ago, and hears that there is term ${input.term} now`;
    case 'restart':
      return `${id} dies and starts again; ${input.survivingWrites} of its unsynced writes were done${
        input.survivingEntries > 0 ? `, and ${input.survivingEntries} entries of the next` : ''
      }`;
    case 'tick':
      return `a heartbeat is due at ${id}`;
    case 'propose':
      return `${id} is asked to append ${new TextDecoder().decode(input.bodies[0])}`;
    case 'change':
      return `${id} is asked to change the group: ${input.change.kind} ${input.change.id}`;
    case 'read':
      return `${id} is asked for read ${input.readId}`;
    case 'persisted':
      return `${id} is told of a durable write`;
  }
}
