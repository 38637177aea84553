// Which bytes of which epoch each replica held over time: a lane for each broker, the end of its log as a rising edge, an epoch as a layer.
const mapLane = 84;
const mapLaneTop = 16;

function replicaMapSection() {
  const { replicas } = report.data.logs;
  const section = element(
    'section',
    { id: 'replicas' },
    element('h2', {}, 'Replicas: which bytes of which epoch'),
  );
  const known = replicas.filter(({ ends }) => ends.length > 0);
  if (known.length === 0) {
    section.append(
      element('p', { className: 'dim' }, 'Not recorded: no trace tells of a log, and no files were read.'),
    );
    return section;
  }
  report.map = known.map((replica) => ({ ...replica, stretches: stretchesOf(replica) }));
  const draw = (context, width, height) => {
    const scale = byteScale();
    for (const [row, replica] of report.map.entries()) drawReplica(context, width, row, replica, scale);
    drawJourneyLine(context, width, height, scale);
  };
  const tip = (x, y, width) => {
    const row = Math.min(report.map.length - 1, Math.floor(y / mapLane));
    return mapTip(report.map[row], report.view.time(x, width)).join('\n');
  };
  section.append(
    element(
      'p',
      { className: 'dim' },
      'A log is drawn as long as it is known to have been: what masters said of confirmed bytes and their holders, epochs that began, cuts, restarts, and the files in the end. Between two such moments it may have been longer. A dashed line: what the master of the moment knew as confirmed.',
    ),
    faultLegend(
      element('span', {}, element('span', { className: 'swatch cut' }, '✂'), 'cut, or lost at a restart'),
      element('span', {}, element('span', { className: 'swatch down' }), 'down or paused'),
      element('span', {}, 'number and shade: epoch of the bytes'),
    ),
    timePlot({
      height: report.map.length * mapLane,
      label: 'Bytes of each replica over time, by epoch',
      rows: report.map.length,
      draw,
      tip,
      click: (x, _y, width) => {
        const at = sendNear(report.view.time(x, width));
        if (at !== undefined) go({ op: report.data.operations.index[at], t: visibleTime() });
      },
    }),
  );
  return section;
}

/** Stretches of time in which nothing new is known: { at, to, end, epochs }, with `cut` where the log had been longer before. */
function stretchesOf({ ends, epochs }) {
  const told = [
    ...epochs.map((epoch) => ({ at: epoch.at, epoch })),
    ...ends.map((fact) => ({ at: fact.at, fact })),
  ].sort((a, b) => a.at - b.at);
  const stretches = [];
  let end = 0;
  let table = [];
  for (const { at, epoch, fact } of told) {
    let cut;
    if (epoch !== undefined)
      table = [...table.filter(({ startOffset }) => startOffset < epoch.startOffset), epoch];
    if (fact !== undefined) {
      const before = Math.max(end, fact.from ?? 0);
      if (fact.end < before) cut = { from: before, to: fact.end, why: fact.why };
      end = fact.end;
      if (cut !== undefined) table = table.filter(({ startOffset }) => startOffset <= end);
    }
    const last = stretches.at(-1);
    if (last !== undefined) last.to = at;
    stretches.push({ at, to: report.view.all[1], end, epochs: table, cut });
  }
  return stretches;
}

/** From the lowest to the highest byte that matters in the visible stretch, with some room below. */
function byteScale() {
  const { from, to } = report.view;
  let low = Number.POSITIVE_INFINITY;
  let high = 1;
  for (const { stretches } of report.map)
    for (const stretch of stretches) {
      if (stretch.to < from || stretch.at > to) continue;
      low = Math.min(low, stretch.end);
      high = Math.max(high, stretch.end, stretch.cut?.from ?? 0);
    }
  const bottom = Math.max(0, low === Number.POSITIVE_INFINITY ? 0 : low - (high - low) * 0.5 - 1);
  const lowest = report.view.isWhole ? 0 : bottom;
  const inner = mapLane - mapLaneTop - 4;
  return {
    low: lowest,
    high,
    y: (row, byte) => (row + 1) * mapLane - 3 - ((Math.max(byte, lowest) - lowest) / (high - lowest)) * inner,
  };
}

function drawReplica(context, width, row, replica, scale) {
  laneLabel(context, replica.node, row * mapLane + mapLaneTop + 8);
  context.fillStyle = colour('dim');
  context.textAlign = 'right';
  context.fillText(byteText(scale.high), margin.left - 6, row * mapLane + mapLaneTop + 8);
  context.fillText(byteText(scale.low), margin.left - 6, (row + 1) * mapLane - 4);
  context.fillStyle = colour('line');
  context.fillRect(0, (row + 1) * mapLane - 1, width, 1);
  context.save();
  context.beginPath();
  context.rect(margin.left, row * mapLane, width - margin.left - margin.right, mapLane);
  context.clip();
  const { view } = report;
  const seen = replica.stretches.filter(({ at, to }) => to >= view.from && at <= view.to);
  drawLayers(context, width, row, seen, scale);
  drawConfirmed(context, width, row, replica.node, scale);
  drawRoleChanges(context, width, row, replica.node);
  for (const absence of absencesOf(replica.node))
    if (absence.to >= view.from && absence.at <= view.to)
      drawAbsence(context, width, { ...absence, top: row * mapLane + 2, height: 12 });
  for (const { at, cut } of seen) if (cut !== undefined) drawCut(context, width, row, at, cut, scale);
  context.restore();
}

/** Joined as long as the layers are the same: seams would be seen. */
function drawLayers(context, width, row, seen, scale) {
  const shades = ['0', '1', '2', '3', '4', '5'].map((shade) => colour(`epoch-${shade}`));
  const labels = new Map();
  for (const { at, to, end, epochs } of seen) {
    const x = Math.floor(report.view.x(at, width));
    const right = Math.ceil(report.view.x(to, width));
    const layers = epochs.length === 0 ? [{ epoch: 0, startOffset: 0 }] : epochs;
    for (const [place, { epoch, startOffset }] of layers.entries()) {
      const upper = Math.min(layers[place + 1]?.startOffset ?? end, end);
      if (upper <= startOffset && place > 0) continue;
      const y = scale.y(row, upper);
      const bottom = scale.y(row, place === 0 ? 0 : startOffset);
      context.fillStyle = epoch === 0 ? colour('slave') : shades[epoch % shades.length];
      context.fillRect(x, y, right - x, bottom - y);
      context.fillStyle = colour('text');
      if (bottom > y) context.fillRect(x, y, right - x, place === layers.length - 1 ? 1.5 : 1);
      const known = labels.get(epoch) ?? { from: x, y, bottom };
      labels.set(epoch, { from: Math.max(margin.left, known.from), to: right, y, bottom });
    }
  }
  context.textAlign = 'right';
  context.fillStyle = colour('text');
  for (const [epoch, { to, y, bottom }] of labels)
    if (bottom - y > 11 && epoch > 0)
      context.fillText(
        `epoch ${epoch}`,
        Math.min(to, width - margin.right) - 6,
        Math.min(bottom - 3, (y + bottom) / 2 + 4),
      );
}

function drawConfirmed(context, width, row, node, scale) {
  const { view } = report;
  const own = report.data.logs.confirms.filter((confirm) => confirm.node === node);
  if (own.length === 0) return;
  context.strokeStyle = colour('text');
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  for (const [place, { at, offset }] of own.entries()) {
    const until = Math.min(own[place + 1]?.at ?? at, reignEnd(node, at));
    if (until < view.from || at > view.to) continue;
    context.moveTo(view.x(at, width), scale.y(row, offset));
    context.lineTo(view.x(Math.max(until, at), width), scale.y(row, offset));
  }
  context.stroke();
  context.setLineDash([]);
}

/** When a node changed its role next. */
function reignEnd(node, at) {
  return report.data.roles.find((role) => role.node === node && role.at > at)?.at ?? report.view.all[1];
}

function drawRoleChanges(context, width, row, node) {
  const { roles } = report.data;
  const own = roles.filter((role) => role.node === node);
  const top = row * mapLane;
  for (const [place, { at, role, epoch }] of own.entries()) {
    const x = report.view.x(at, width);
    const end = report.view.x(own[place + 1]?.at ?? report.view.all[1], width);
    if (role === 'starting' || end < margin.left || x > width) continue;
    const isMaster = role === 'master';
    context.fillStyle = colour(isMaster ? 'master' : 'slave');
    context.fillRect(x, top + 2, Math.max(end - x - 1, 1), 12);
    context.fillStyle = colour(isMaster ? 'master-text' : 'text');
    context.textAlign = 'left';
    const left = Math.max(x, margin.left);
    fitText(context, `${role} ${epoch}`, left + 4, top + 11, end - left - 6);
  }
}

function drawCut(context, width, row, at, { from, to }, scale) {
  const x = report.view.x(at, width);
  const y = scale.y(row, from);
  const bottom = Math.max(scale.y(row, to), y + 4);
  context.fillStyle = colour('invalid');
  context.fillRect(x - 1, y, 2.5, bottom - y);
  context.beginPath();
  context.moveTo(x - 5, bottom - 5);
  context.lineTo(x + 5, bottom - 5);
  context.lineTo(x, bottom + 1);
  context.fill();
  context.textAlign = 'left';
  const place = [`✂ ${byteText(from - to)}`, x + 6, Math.max(y - 4, row * mapLane + mapLaneTop + 9)];
  context.strokeStyle = colour('back');
  context.lineWidth = 3;
  context.strokeText(...place);
  context.fillText(...place);
}

/** The place of the chosen message in every log. */
function drawJourneyLine(context, width, height, scale) {
  const place = report.journey?.physicalOffset;
  if (place === undefined || place < scale.low || place > scale.high) return;
  context.strokeStyle = colour('accent');
  context.setLineDash([4, 3]);
  context.beginPath();
  for (let row = 0; row * mapLane < height; row += 1) {
    context.moveTo(margin.left, scale.y(row, place));
    context.lineTo(width - margin.right, scale.y(row, place));
  }
  context.stroke();
  context.setLineDash([]);
}

function mapTip({ node, stretches, final }, ms) {
  const stretch = stretches.findLast(({ at }) => at <= ms);
  const lines = [`${node} at ${seconds(ms)} s`];
  const role = roleAt(node, ms);
  lines.push(roleText(role));
  if (stretch === undefined) lines.push('log: not recorded');
  else {
    lines.push(`log known to byte ${count(stretch.end)} (at ${seconds(stretch.at)} s)`);
    for (const [place, { epoch, startOffset }] of stretch.epochs.entries())
      lines.push(
        `epoch ${epoch}: ${count(startOffset)} to ${count(stretch.epochs[place + 1]?.startOffset ?? stretch.end)}`,
      );
  }
  const cut = stretches.find((one) => one.cut !== undefined && Math.abs(one.at - ms) <= nearMs());
  if (cut !== undefined)
    lines.push(
      `${cut.cut.why === 'cut' ? 'cut' : 'shorter after a restart'}: from ${count(cut.cut.from)} back to ${count(cut.cut.to)} at ${seconds(cut.at)} s`,
    );
  if (ms >= report.view.all[1] - nearMs() && final !== null)
    lines.push(
      `in the end ${count(final.maxOffset)} bytes, ${count(final.confirmOffset)} known as confirmed`,
    );
  return [...lines.slice(0, 14), ...faultsAt(ms)];
}

/** So far beside something its tip is shown. */
const nearMs = () => (report.view.to - report.view.from) / 150;

/** { role, epoch }; 'down' and 'paused' count as roles without an epoch. Undefined where nothing was recorded. */
function roleAt(node, ms, data = report.data) {
  const absence = absencesOf(node, data).find(({ at, to }) => ms >= at && ms < to);
  if (absence !== undefined) return { role: absence.what };
  const role = data.roles.findLast((one) => one.node === node && one.at <= ms);
  return role?.role === 'starting' ? undefined : role;
}

function roleText(role) {
  if (role === undefined) return 'role not recorded';
  return role.epoch === undefined ? role.role : `${role.role} of epoch ${role.epoch}`;
}

/** The send that was invoked nearest to a moment. */
function sendNear(ms) {
  const { operations, names } = report.data;
  const send = names.f.indexOf('send');
  const first = lowerBound(operations.start, ms);
  for (let by = 0; by < 500; by += 1)
    for (const at of [first + by, first - by]) if (operations.f[at] === send) return at;
  return undefined;
}

function byteText(bytes) {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(bytes >= 1e7 ? 1 : 2)} MB`;
  return bytes >= 1e4 ? `${(bytes / 1e3).toFixed(1)} kB` : `${Math.round(bytes)} B`;
}
