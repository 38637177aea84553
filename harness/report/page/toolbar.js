// What narrows the operations down, and what the colours mean.
const filters = { f: '', type: '', queue: '', node: '', text: '' };
const filterNames = { f: 'operation', type: 'outcome', queue: 'queue', node: 'node' };

function matches(at) {
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
    button('whole run', () => view.show(...view.all)),
    button('zoom in', () => view.zoom(0.5)),
    button('zoom out', () => view.zoom(2)),
  );
  if (report.anomalies.length > 0)
    bar.append(
      button('first anomaly', () => {
        location.hash = '#';
        location.hash = '#anomaly=1';
      }),
    );
  for (const [key, label] of Object.entries(filterNames)) {
    const names = report.data.names[key].filter((name) => name !== '').sort();
    const select = element(
      'select',
      { onchange: () => setFilter(key, select.value) },
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
  bar.append(search);
  return bar;
}

function setFilter(key, value) {
  filters[key] = value;
  report.view.changed();
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
  const nemeses = [...new Set(report.data.faults.map((fault) => fault.nemesis))];
  return element(
    'div',
    { className: 'legend' },
    swatch('var(--ok)', 'ok'),
    swatch('var(--info)', 'info: nobody knows whether it happened', 'half'),
    swatch('var(--fail)', 'fail: it did not happen', 'thin'),
    nemeses.map((nemesis) => element('span', {}, faultSwatch(nemesis), `fault: ${nemesis}`)),
    element('span', {}, 'drag to move, double click or shift+wheel to zoom, arrow keys, plus, minus, Home'),
  );
}

/** Follows the colour scheme, which the page's own variables cannot know. */
function faultSwatch(nemesis) {
  const box = element('span', { className: 'swatch' });
  const paint = () => {
    box.style.background = faultColour(nemesis);
  };
  paint();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
  return box;
}
