/** What the broker looks for in the properties of a message that is sent: found in one pass, for this runs per message. Pure. */

export interface SendProperties {
  readonly uniqueKey: string | undefined;
  /** False: the sender does not care whether the message lasts. */
  readonly isWaitWanted: boolean;
  readonly isTransaction: boolean;
  /** To be delivered later. */
  readonly isDelayed: boolean;
}

const NAME_END = '\u0001';
const VALUE_END = '\u0002';
const none: SendProperties = {
  uniqueKey: undefined,
  isWaitWanted: true,
  isTransaction: false,
  isDelayed: false,
};

/** The first of several properties of one name counts, as everywhere. */
export function readSendProperties(text: string): SendProperties {
  if (text === '') return none;
  let uniqueKey: string | undefined;
  let wait: string | undefined;
  let transaction: string | undefined;
  let isDelayed = false;
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf(VALUE_END, at);
    const end = found === -1 ? text.length : found;
    const nameEnd = text.indexOf(NAME_END, at);
    if (nameEnd === -1) break;
    // A pair without a value is as good as none.
    if (nameEnd + 1 < end) {
      switch (text.charCodeAt(at)) {
        case 85: // U
          if (isNamed(text, at, nameEnd, 'UNIQ_KEY')) uniqueKey ??= text.slice(nameEnd + 1, end);
          break;
        case 87: // W
          if (isNamed(text, at, nameEnd, 'WAIT')) wait ??= text.slice(nameEnd + 1, end);
          break;
        case 68: // D
          isDelayed ||= isNamed(text, at, nameEnd, 'DELAY');
          break;
        case 84: // T
          if (isNamed(text, at, nameEnd, 'TRAN_MSG')) transaction ??= text.slice(nameEnd + 1, end);
          else isDelayed ||= timerNames.some((name) => isNamed(text, at, nameEnd, name));
          break;
      }
    }
    at = end + 1;
  }
  return { uniqueKey, isWaitWanted: wait !== 'false', isTransaction: transaction === 'true', isDelayed };
}

const timerNames = ['TIMER_DELAY_SEC', 'TIMER_DELAY_MS', 'TIMER_DELIVER_MS'];

function isNamed(text: string, start: number, end: number, name: string): boolean {
  return end - start === name.length && text.startsWith(name, start);
}
