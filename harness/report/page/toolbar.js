// What narrows the operations down, and what the colours mean.
const filters = { f: '', type: '', queue: '', node: '', text: '' };
let isFiltering = false;
const filterNames = { f: 'operation', type: 'outcome', queue: 'queue', node: 'node' };

function matches(at) {
  if (!isFiltering) return true;
  const { operations, names } = report.data;
  for (const key of ['f', 'type', 'queue', 'node']) {
    if (filters[key] !== '' && names[key][operations[key][at]] !== filters[key]) return false;
  }
  return filters.text === '' || operations.text[at].includes(filters.text);
}

function toolbar() {
  const { view } = report;
  const button = (label, act) => element('button', { type: 'button', onclick: act }, label);
  const bar = element(
    'div',
    { className: 'tools' },
    button('whole run', () => view.move(...view.all)),
    button('zoom in', () => view.zoom(0.5)),
    button('zoom out', () => view.zoom(2)),
  );
  if (report.anomalies.length > 0)
    bar.append(
      button('first anomaly', () => {
        go({});
        go({ anomaly: 1 });
      }),
    );
  for (const [key, label] of Object.entries(filterNames)) {
    const names = report.data.names[key].filter((name) => name !== '').sort();
    const select = element(
      'select',
      {
        id: `filter-${key}`,
        onchange: () => {
          if (key === 'queue') location.hash = addressOf({ ...readAddress(), q: select.value });
          else setFilter(key, select.value);
        },
      },
      element('option', { value: '' }, `any ${label}`),
      names.map((name) => element('option', { value: name }, name)),
    );
    select.setAttribute('aria-label', label);
    bar.append(select);
  }
  const search = element('input', {
    type: 'search',
    placeholder: 'message or error',
    oninput: (event) => setFilter('text', event.target.value),
  });
  search.setAttribute('aria-label', 'message or error');
  bar.append(search, ...copyButton('copy link', 'Copies the address of what is shown here', linkToHere));
  return bar;
}

function setFilter(key, value) {
  if (filters[key] === value) return;
  filters[key] = value;
  isFiltering = Object.values(filters).some((one) => one !== '');
  report.lanes?.setMask(filterMask());
  report.view.changed();
}

/** For the lanes: a byte for each operation; undefined where all are shown. */
function filterMask() {
  if (!isFiltering) return undefined;
  const mask = new Uint8Array(report.data.operations.start.length);
  for (let at = 0; at < mask.length; at += 1) mask[at] = matches(at) ? 1 : 0;
  return mask;
}

function swatch(fill, label, className = '') {
  return element(
    'span',
    {},
    element('span', { className: `swatch ${className}`, style: `background:${fill}` }),
    label,
  );
}

function legend() {
  return faultLegend(
    swatch('var(--ok)', 'ok'),
    swatch('var(--info)', 'info: nobody knows whether it happened', 'half'),
    swatch('var(--fail)', 'fail: it did not happen', 'thin'),
  );
}

function help() {
  return element(
    'p',
    { className: 'dim help' },
    'Drag over a plot to look closer, double click for the whole run, Shift and wheel to zoom. By keyboard: arrows move, + and \u2212 zoom, Home shows all, comma and full stop move the cursor, up and down choose the lane, Enter opens what is there.',
  );
}
