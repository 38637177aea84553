// Operations by process, and above them master and epoch by broker.
const lane = 9;
const filters = { f: '', type: '', queue: '', node: '', text: '' };

function matches(at) {
  const { operations, names } = report.data;
  for (const key of ['f', 'type', 'queue', 'node']) {
    if (filters[key] !== '' && names[key][operations[key][at]] !== filters[key]) return false;
  }
  return filters.text === '' || operations.text[at].includes(filters.text);
}

function timelineSection() {
  const { data } = report;
  const { operations } = data;
  const slots = data.record.plan.concurrency;
  const laneOf = (process) => (process < 1000000 ? process % slots : slots);
  const lanes = slots + 1;
  const height = lanes * lane + 20;
  const typeColour = () => data.names.type.map((type) => colour(type));
  const draw = (context, width) => {
    const { view } = report;
    const colours = typeColour();
    context.textAlign = 'left';
    context.fillStyle = colour('dim');
    for (let slot = 0; slot < slots; slot += 8) context.fillText(`process ${slot}`, 8, slot * lane + 9);
    context.fillText('final reads', 8, slots * lane + 9);
    for (let at = 0; at < operations.start.length; at += 1) {
      const end = operations.end[at] < 0 ? view.all[1] : operations.end[at];
      if (end < view.from || operations.start[at] > view.to || !matches(at)) continue;
      const x = Math.max(margin.left, view.x(operations.start[at], width));
      const to = Math.min(width - margin.right, view.x(end, width));
      const type = data.names.type[operations.type[at]];
      context.fillStyle = colours[operations.type[at]];
      const y = laneOf(operations.process[at]) * lane;
      // The shape says what the colour says: ok full, info half high, fail a line.
      const size = type === 'ok' ? lane - 2 : type === 'info' ? (lane - 2) / 2 : 2;
      context.fillRect(x, y + 1, Math.max(to - x, 1), size);
      if (operations.index[at] === report.selected) {
        context.strokeStyle = colour('invalid');
        context.lineWidth = 2;
        context.strokeRect(x - 2, y - 1, Math.max(to - x, 1) + 4, lane + 2);
      }
    }
  };
  const tip = (x, y, width) => {
    const found = operationAt(x, y, width, laneOf);
    const ms = report.view.time(x, width);
    return found === undefined ? faultAt(ms).join('\n') || undefined : describeOperation(found);
  };
  const canvas = plot(height, 'Operations by process over time', draw, tip);
  canvas.addEventListener('click', (event) => {
    const found = operationAt(event.offsetX, event.offsetY, canvas.clientWidth, laneOf);
    if (found !== undefined) location.hash = `#op=${operations.index[found]}`;
  });
  const shown =
    operations.start.length < data.operationCount
      ? ` (${operations.start.length.toLocaleString('en')} of ${data.operationCount.toLocaleString('en')} drawn)`
      : '';
  return element(
    'section',
    {},
    element('h2', {}, `Operations${shown}`),
    toolbar(),
    legend(),
    rolesPlot(),
    canvas,
    element('pre', { id: 'selected', hidden: true }),
  );
}

function operationAt(x, y, width, laneOf) {
  const { operations } = report.data;
  const ms = report.view.time(x, width);
  const slack = (report.view.to - report.view.from) / 400;
  const wanted = Math.floor(y / lane);
  let best;
  for (let at = 0; at < operations.start.length; at += 1) {
    if (operations.start[at] - slack > ms) break;
    const end = operations.end[at] < 0 ? Infinity : operations.end[at];
    if (end + slack < ms || laneOf(operations.process[at]) !== wanted || !matches(at)) continue;
    best = at;
  }
  return best;
}

function describeOperation(at) {
  const { operations, names } = report.data;
  const end = operations.end[at];
  const took = end < 0 ? 'no answer' : `${(end - operations.start[at]).toFixed(1)} ms`;
  return [
    `op ${operations.index[at]}  process ${operations.process[at]}  ${names.f[operations.f[at]]} ${names.queue[operations.queue[at]]}  ${names.type[operations.type[at]]}`,
    operations.text[at],
    `${seconds(operations.start[at])} s, ${took}${names.node[operations.node[at]] === '' ? '' : `, ${names.node[operations.node[at]]}`}`,
  ].join('\n');
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
  const first = firstAnomalyOperation();
  if (first !== undefined)
    bar.append(
      button('first anomaly', () => {
        location.hash = '';
        location.hash = `#op=${first}`;
      }),
    );
  for (const key of ['f', 'type', 'queue', 'node']) {
    const select = element(
      'select',
      { onchange: () => setFilter(key, select.value) },
      element('option', { value: '' }, `any ${key}`),
    );
    select.setAttribute('aria-label', key);
    for (const name of [...report.data.names[key]].sort())
      if (name !== '') select.append(element('option', { value: name }, name));
    bar.append(select);
  }
  bar.append(
    element('input', {
      type: 'search',
      placeholder: 'message or error',
      oninput: (event) => setFilter('text', event.target.value),
    }),
  );
  return bar;
}

function setFilter(key, value) {
  filters[key] = value;
  report.view.changed();
}

function legend() {
  const swatch = (fill, label) =>
    element('span', {}, element('span', { className: 'swatch', style: `background:${fill}` }), label);
  const box = element(
    'div',
    { className: 'legend' },
    swatch('var(--ok)', 'ok (full)'),
    swatch('var(--info)', 'info: outcome unknown (half)'),
    swatch('var(--fail)', 'fail (line)'),
  );
  for (const nemesis of new Set(report.data.faults.map((fault) => fault.nemesis)))
    box.append(swatch(faultColour(nemesis), `fault: ${nemesis}`));
  box.append(element('span', {}, 'drag to move, double click to zoom, shift+wheel, arrow keys'));
  return box;
}

function rolesPlot() {
  const { data } = report;
  const brokers = [...new Set(data.roles.map((role) => role.node))]
    .filter((node) => node.startsWith('n'))
    .sort();
  const band = 18;
  const stretches = brokers.flatMap((node, row) => {
    const own = data.roles.filter((role) => role.node === node).sort((a, b) => a.at - b.at);
    return own.map((role, at) => ({ ...role, row, to: own[at + 1]?.at ?? report.view.all[1] }));
  });
  const draw = (context, width) => {
    const { view } = report;
    for (const [row, node] of brokers.entries()) {
      context.fillStyle = colour('dim');
      context.textAlign = 'left';
      context.fillText(node, 8, row * band + 13);
    }
    for (const { row, at, to, role, epoch } of stretches) {
      const x = Math.max(margin.left, view.x(at, width));
      const end = Math.min(width - margin.right, view.x(to, width));
      if (end <= x || role === 'starting') continue;
      context.fillStyle = role === 'master' ? colour('accent') : colour('line');
      context.fillRect(x, row * band + 2, Math.max(end - x - 1, 1), band - 4);
      context.fillStyle = role === 'master' ? '#fff' : colour('text');
      if (end - x > 60) context.fillText(`${role} ${epoch}`, x + 4, row * band + 13);
      else if (end - x > 16) context.fillText(String(epoch), x + 3, row * band + 13);
    }
  };
  const tip = (x, y, width) => {
    const ms = report.view.time(x, width);
    const found = stretches.find((one) => one.row === Math.floor(y / band) && ms >= one.at && ms <= one.to);
    return (
      found &&
      `${found.node}: ${found.role} in epoch ${found.epoch}, ${seconds(found.at)} s to ${seconds(found.to)} s`
    );
  };
  return plot(brokers.length * band + 20, 'Role and epoch of each broker over time', draw, tip);
}
