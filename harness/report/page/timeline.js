// Operations by process over time.
const lane = 9;

function timelineSection() {
  const { data } = report;
  const drawn = data.operations.start.length;
  const shown = drawn < data.operationCount ? `, ${count(drawn)} of ${count(data.operationCount)} drawn` : '';
  const section = element('section', { id: 'operations' }, element('h2', {}, `Operations${shown}`));
  if (drawn === 0) section.append(element('p', { className: 'dim' }, 'The history holds no operations.'));
  section.append(toolbar(), legend());
  for (const part of [overview(), rolesPlot(), timeline()]) if (part !== undefined) section.append(part);
  section.append(element('div', { id: 'selected', hidden: true }));
  return section;
}

function timeline() {
  const { operations } = report.data;
  const slots = report.data.record.plan.concurrency;
  const laneOf = (process) => (process < 1000000 ? process % slots : slots);
  const height = (slots + 1) * lane + axisHeight + 2;
  const draw = (context, width) => {
    for (let slot = 0; slot < slots; slot += 8) laneLabel(context, `process ${slot}`, slot * lane + 9);
    laneLabel(context, 'final reads', slots * lane + 9);
    context.save();
    clipToPlot(context, width, height);
    drawOperations(context, width, laneOf);
    for (const at of report.marked) drawMark(context, width, at, laneOf);
    if (report.selected !== undefined) drawMark(context, width, report.byIndex.get(report.selected), laneOf);
    context.restore();
  };
  const tip = (x, y, width) => {
    const found = operationAt(x, y, width, laneOf);
    if (found === undefined) return faultsAt(report.view.time(x, width)).join('\n');
    const { index, node, outcome, process, text, took, what, at } = describeOperation(found);
    return `op ${index}  process ${process}  ${what}  ${outcome}\n${text}\n${at}, ${took}${node === '' ? '' : `, ${node}`}`;
  };
  const click = (x, y, width) => {
    const found = operationAt(x, y, width, laneOf);
    if (found !== undefined) location.hash = `#op=${operations.index[found]}`;
  };
  return plot(height, 'Operations by process over time', draw, { tip, click });
}

function drawOperations(context, width, laneOf) {
  const { operations, names } = report.data;
  const { view } = report;
  const colours = names.type.map((type) => colour(type));
  // The shape says what the colour says: ok full, info half high, fail a line.
  const sizes = names.type.map((type) => ({ ok: lane - 2, info: (lane - 2) / 2 })[type] ?? 3);
  const isFar = view.to - view.from > 8000;
  for (const at of visible()) {
    if (!matches(at)) continue;
    const end = operations.end[at] < 0 ? view.all[1] : operations.end[at];
    const x = view.x(operations.start[at], width);
    const length = view.x(end, width) - x;
    const type = operations.type[at];
    // From afar thousands that went well would hide what did not.
    context.globalAlpha = isFar && names.type[type] === 'ok' && length < 2 ? 0.35 : 1;
    context.fillStyle = colours[type];
    context.fillRect(x, laneOf(operations.process[at]) * lane + 1, Math.max(length, 1), sizes[type]);
  }
  context.globalAlpha = 1;
}

function drawMark(context, width, at, laneOf) {
  const { operations } = report.data;
  const { view } = report;
  const end = operations.end[at] < 0 ? view.all[1] : operations.end[at];
  const x = view.x(operations.start[at], width);
  const length = Math.max(view.x(end, width) - x, 2);
  const y = laneOf(operations.process[at]) * lane;
  context.strokeStyle = colour('invalid');
  context.lineWidth = 2;
  context.strokeRect(x - 3, y - 2, length + 6, lane + 3);
}

function operationAt(x, y, width, laneOf) {
  const { operations } = report.data;
  const ms = report.view.time(x, width);
  const slack = (report.view.to - report.view.from) / 400;
  const wanted = Math.floor(y / lane);
  let best;
  for (const at of visible()) {
    if (operations.start[at] - slack > ms || laneOf(operations.process[at]) !== wanted) continue;
    const end = operations.end[at] < 0 ? Number.POSITIVE_INFINITY : operations.end[at];
    if (end + slack < ms || !matches(at)) continue;
    best = at;
  }
  return best;
}

/** Returns false where the operation is not among those drawn. */
function selectOperation(index) {
  const at = report.byIndex.get(index);
  const box = document.getElementById('selected');
  if (at === undefined) {
    box.hidden = false;
    box.replaceChildren(
      element('p', {}, `Operation ${index} is not drawn here; it stands in history.jsonl.`),
    );
    return false;
  }
  report.selected = index;
  report.marked = [];
  box.hidden = false;
  box.replaceChildren(operationTable([at]));
  const { start, end } = report.data.operations;
  lookAt(start[at], end[at] < 0 ? start[at] : end[at]);
  return true;
}
