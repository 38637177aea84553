// What the page is about: the verdict, why, and what was left out.
import { counted, element } from './element.js';

export function headerOf({ facts, formatTime, operations }) {
  const { drawn, keyCount, lanes, reason, steps, total, verdict } = facts;
  const of = [
    counted(total, 'operation'),
    counted(lanes.length, 'client'),
    ...(keyCount > 1 ? [counted(keyCount, 'key')] : []),
  ];
  return element(
    'header',
    {},
    element(
      'div',
      { className: 'title' },
      element('span', { className: `badge ${verdict}` }, verdict),
      element('h1', {}, facts.title),
    ),
    element(
      'p',
      { className: 'dim' },
      `${of.join(' of ')}. Model ${facts.model}; ${counted(steps, 'step')} of search.`,
    ),
    meaning(facts, reason),
    drawn < total
      ? element('p', { className: 'note', id: 'left-out' }, leftOut(facts, operations, formatTime))
      : undefined,
  );
}

function meaning({ sentence, verdict }, reason) {
  if (verdict === 'ok')
    return element(
      'p',
      {},
      'There is an order of all operations, each within its time, that the model allows. It is drawn as a line through them.',
    );
  if (verdict === 'unknown')
    return element(
      'p',
      { className: 'reason unknown' },
      `The search gave up (${reason ?? 'before it was done'}). The line is the longest order that it found.`,
    );
  return element(
    'p',
    { className: 'reason', id: 'sentence' },
    sentence === ''
      ? 'No order of the operations, each within its time, is one that the model allows.'
      : sentence,
  );
}

function leftOut({ after, before, drawn, total, verdict }, { call }, formatTime) {
  const places = [
    ...(before > 0 ? [`${counted(before, 'operation')} called before`] : []),
    ...(after > 0 ? [`${counted(after, 'operation')} called after`] : []),
  ];
  const why = {
    ok: 'the beginning of the history',
    illegal: 'those around what could not be ordered',
    unknown: 'those around the end of the longest order',
  }[verdict];
  const from = before > 0 ? call[Math.max(0, drawn - (total - before - after))] : call[0];
  const until = call[call.length - 1];
  const where = call.length === 0 ? '' : `, from ${formatTime(from)} to ${formatTime(until)}`;
  return `Drawn are ${counted(drawn, 'operation')} of ${total.toLocaleString('en')}: ${why}${where}. Left out to keep the page small and quick: ${places.join(', and ')}, but for those that were still open or are named above. Orders count the steps left out.`;
}
