// Beside the lanes: the operation at hand, and the order it stands in, step by step.
import { counted, element } from './element.js';

const around = 14;

export function panelOf(history, onChoose) {
  const root = element('aside', { id: 'panel', aria: { label: 'The operation at hand and its order' } });
  let shownFor;
  const show = (lanes) => {
    const at = lanes.current();
    const index = lanes.orderAtHand();
    const name = `${at} ${index}`;
    if (name === shownFor) return;
    shownFor = name;
    root.replaceChildren(
      ...(at < 0 ? [hint()] : [operationCard(history, lanes, at)]),
      ...(index < 0 ? [] : [orderList(history, history.orders[index], at, onChoose)]),
    );
  };
  return { root, show };
}

function hint() {
  return element(
    'p',
    { className: 'dim' },
    'Point at an operation, or go through them with the arrow keys: the longest order that holds it is drawn, with the state after each step.',
  );
}

function operationCard(history, lanes, at) {
  const [text, ...more] = lanes.tell(at);
  return element(
    'section',
    { className: history.errors.includes(at) ? 'card error' : 'card' },
    element('h2', { className: 'code' }, text),
    history.errors.includes(at)
      ? element('p', { className: 'in-core' }, 'One of the operations that cannot be ordered')
      : undefined,
    ...more.map((line) => element('p', { className: line.startsWith('✕') ? 'refused' : '' }, line)),
  );
}

function orderList(history, order, at, onChoose) {
  const { facts } = history;
  const { operations, refused } = order;
  const step = operations.indexOf(at);
  // Of an operation at hand that is refused at the end, the end.
  const middle =
    step >= 0 && !refused.includes(at) ? step : facts.verdict === 'ok' ? 0 : operations.length - 1;
  const from = Math.max(0, Math.min(middle - around, operations.length - 2 * around));
  const to = Math.min(operations.length, Math.max(middle + around, 2 * around));
  const rows = [];
  for (let index = from; index < to; index += 1) {
    const before = index === 0 ? history.initialState(order) : order.state(index - 1);
    rows.push(row(history, operations[index], order.first + index, order.state(index), before, at, onChoose));
  }
  const isEnd = to === operations.length;
  const left = order.total - (order.first - 1) - operations.length;
  return element(
    'section',
    {},
    element(
      'h2',
      {},
      refused.length > 0 || history.facts.keys[order.key]?.verdict !== 'ok'
        ? 'How far this order comes'
        : 'The order',
    ),
    element(
      'p',
      { className: 'dim' },
      `${counted(order.total, 'step')} of ${counted(history.facts.keys[order.key]?.count ?? order.total, 'operation')}${keyText(history, order)}`,
    ),
    element(
      'ol',
      {
        className: 'steps',
        style: `--digits: ${String(order.total).length}`,
        aria: { label: 'Steps of the order' },
      },
      from > 0 || order.first > 1
        ? element('li', { className: 'gap' }, `… ${counted(order.first - 1 + from, 'step')} before`)
        : beginning(history, order),
      ...rows,
      ...(isEnd && left === 0
        ? refused.slice(0, 8).map((one) => refusedRow(history, one, at, onChoose))
        : [element('li', { className: 'gap' }, `… ${counted(operations.length - to + left, 'step')} after`)]),
      isEnd && refused.length > 8
        ? element('li', { className: 'gap' }, `… and ${refused.length - 8} more that cannot follow`)
        : undefined,
    ),
  );
}

function keyText({ facts }, { key }) {
  return facts.keyCount > 1 ? `, key ${facts.keys[key]?.key}` : '';
}

function beginning(history, order) {
  return element('li', { className: 'gap' }, `Begins with the state ${history.initialState(order) ?? ''}`);
}

function row(history, at, number, state, before, current, onChoose) {
  const button = element(
    'button',
    { type: 'button', onclick: () => onChoose(at) },
    element('span', { className: 'number' }, String(number)),
    element('span', { className: 'code' }, history.text(at)),
    element(
      'span',
      { className: state === before ? 'state same' : 'state' },
      state === undefined ? '' : state === before ? 'state unchanged' : state,
    ),
  );
  if (at === current) button.setAttribute('aria-current', 'step');
  return element(
    'li',
    { className: at === current ? 'current' : history.errors.includes(at) ? 'in-core' : '' },
    button,
  );
}

function refusedRow(history, at, current, onChoose) {
  const button = element(
    'button',
    { type: 'button', onclick: () => onChoose(at) },
    element('span', { className: 'number' }, '✕'),
    element('span', { className: 'code' }, history.text(at)),
    element('span', { className: 'state' }, 'cannot follow'),
  );
  return element('li', { className: at === current ? 'refused current' : 'refused' }, button);
}
