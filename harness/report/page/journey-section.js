// The journey of the chosen operation as a table: a column for the client and for each broker, a row for each step.
function journeySection() {
  const input = element('input', {
    type: 'search',
    placeholder: 'operation number or message',
    id: 'journey-search',
  });
  input.setAttribute('aria-label', 'operation number or message');
  const said = element('output', { className: 'dim' });
  const form = element(
    'form',
    {
      className: 'tools',
      onsubmit: (event) => {
        event.preventDefault();
        const index = findOperation(input.value.trim());
        said.textContent = index === undefined ? 'no such operation' : '';
        if (index !== undefined) go({ op: index });
      },
    },
    element('h2', {}, 'Message journey'),
    input,
    element('button', { type: 'submit' }, 'follow'),
    element('button', { type: 'button', onclick: () => besideSelected(-1) }, 'previous send'),
    element('button', { type: 'button', onclick: () => besideSelected(1) }, 'next send'),
    ...copyButton('copy link', 'Copies the address of this operation', linkToHere),
    said,
  );
  return element('section', { id: 'journey' }, form, element('div', { id: 'selected', tabIndex: 0 }));
}

/** By '1234', '#1234', 'op 1234', or a message; undefined where there is none. */
function findOperation(text) {
  const { operations, names } = report.data;
  const number = /^(?:op\s*)?#?(\d+)$/.exec(text)?.[1];
  if (number !== undefined) return Number(number);
  if (text === '') return undefined;
  const send = names.f.indexOf('send');
  const bare = text.replaceAll('"', '');
  const at = operations.text.findIndex(
    (one, place) => operations.f[place] === send && one.startsWith(`"${bare}"`),
  );
  return at < 0 ? undefined : operations.index[at];
}

function besideSelected(step) {
  const { operations, names } = report.data;
  const send = names.f.indexOf('send');
  const from =
    report.selected === undefined ? (step > 0 ? -1 : operations.f.length) : placeOf(report.selected);
  if (from === undefined) return;
  for (let at = from + step; at >= 0 && at < operations.f.length; at += step)
    if (operations.f[at] === send && matches(at)) {
      go({ op: operations.index[at] });
      return;
    }
}

/** Returns false where the operation is not among those drawn. */
function selectOperation(index, looks) {
  const at = placeOf(index);
  const box = document.getElementById('selected');
  report.selected = index;
  if (at === undefined) {
    report.journey = undefined;
    box.replaceChildren(
      element('p', {}, `Operation ${index} is not drawn here; it stands in history.jsonl.`),
    );
    return false;
  }
  report.journey = journeyOf(report.data, at);
  box.replaceChildren(operationTable([at]), journeyTable(report.journey));
  const { start, end } = report.data.operations;
  if (looks) lookAt(start[at], end[at] < 0 ? start[at] : end[at]);
  return true;
}

/** Nothing is chosen: the first operation of the anomaly at hand, or the send that took longest, shows what there is to see. */
function showExample() {
  report.selected = undefined;
  const [first] = report.anomalies[report.anomaly]?.places ?? [];
  const at = first ?? slowestSend();
  report.journey = at === undefined ? undefined : journeyOf(report.data, at);
  const why = first === undefined ? 'the send that took longest' : 'the first operation of the anomaly';
  const here = at === undefined ? '' : ` Here: ${why}.`;
  const invitation = element(
    'p',
    { className: 'dim' },
    `Choose an operation, in the lanes, in a table, by its number or by its message: it is followed across client, brokers and epochs.${here}`,
  );
  const shown = at === undefined ? [] : [operationTable([at]), journeyTable(report.journey)];
  document.getElementById('selected').replaceChildren(invitation, ...shown);
}

function slowestSend() {
  const { operations, names } = report.data;
  const [send, ok] = [names.f.indexOf('send'), names.type.indexOf('ok')];
  let slowest;
  let longest = -1;
  for (let at = 0; at < operations.f.length; at += 1) {
    const took = operations.end[at] - operations.start[at];
    if (operations.f[at] !== send || operations.type[at] !== ok || took <= longest) continue;
    [slowest, longest] = [at, took];
  }
  return slowest;
}

/** Kept from one operation to the next. */
const journeySorting = {};

function journeyTable({ start, steps }) {
  const brokers = report.data.logs.replicas.map(({ node }) => node);
  const heads = ['>at', '>after', 'client', ...brokers, 'what is known', 'told by'];
  const rows = steps.map((step) => {
    const { at, from, node, op, what } = step;
    const isKnown = at !== undefined;
    const link = op === undefined ? [] : [' ', element('a', { href: `#op=${op}` }, `op ${op}`)];
    return [
      { value: at, content: isKnown ? `${seconds(at)} s` : '–', className: 'number' },
      { value: at, content: isKnown ? afterText(at - start) : '', className: 'number' },
      laneCell(isKnown && node === 'client' ? '●' : ''),
      ...brokers.map((broker) => brokerCell(broker, step)),
      { value: what, content: [what, ...link], className: 'what' },
      { value: from, content: from, className: 'dim' },
    ];
  });
  const decorate = (row, cells) => {
    const { at, isFault } = steps[rows.indexOf(cells)];
    row.classList.toggle('fault', isFault === true);
    row.classList.toggle('unrecorded', isFault !== true && at === undefined);
  };
  const caption =
    '● it happens there · ■ holds it · ✂ cut off · – has it not · M or s and a number: master or slave then, and its epoch';
  return sortableTable('journey', heads, rows, { caption, decorate, sorting: journeySorting });
}

/** In the order in which a column sorts by them. */
const markNames = { '●': 'here', '■': 'holds it', '✂': 'cut off', '–': 'has it not' };

function laneCell(mark, text = '', more = {}) {
  const place = Object.keys(markNames).indexOf(mark);
  const content = [element('span', { className: 'mark' }, mark), text];
  return { value: place < 0 ? undefined : place, content, className: 'lane', ...more };
}

function brokerCell(node, { at, marks }) {
  const role = at === undefined ? undefined : roleAt(node, at);
  const mark = marks[node] ?? '';
  const short = { master: 'M', slave: 's' }[role?.role] ?? role?.role ?? '';
  return laneCell(mark, `${short}${role?.epoch ?? ''}`, {
    className: `lane is-${role?.role ?? 'unknown'} ${mark === '✂' ? 'is-cut' : ''}`,
    title: [node, roleText(role), markNames[mark]].filter((part) => part !== undefined).join(', '),
  });
}

function afterText(ms) {
  if (Math.abs(ms) < 0.001) return '0';
  const sign = ms < 0 ? '\u2212' : '+';
  const size = Math.abs(ms);
  return size < 1000 ? `${sign}${size.toFixed(1)} ms` : `${sign}${(size / 1000).toFixed(2)} s`;
}
