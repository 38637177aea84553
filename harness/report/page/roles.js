// Role and epoch of each broker over time, and when it was down or stood still.
const roleBand = 20;

function rolesPlot() {
  const { data } = report;
  const brokers = [...new Set(data.roles.map((role) => role.node))]
    .filter((node) => node.startsWith('n'))
    .sort();
  if (brokers.length === 0) return undefined;
  const stretches = brokers.flatMap((node, row) => {
    const own = data.roles.filter((role) => role.node === node);
    return own.map((role, at) => ({ ...role, row, to: own[at + 1]?.at ?? report.view.all[1] }));
  });
  const absences = brokers.flatMap((node, row) => absencesOf(node).map((absence) => ({ ...absence, row })));
  const draw = (context, width, height) => {
    for (const [row, node] of brokers.entries()) laneLabel(context, node, row * roleBand + 14);
    context.save();
    clipToPlot(context, width, height);
    for (const stretch of stretches) drawRole(context, width, stretch);
    for (const absence of absences) drawAbsence(context, width, absence);
    context.restore();
  };
  const tip = (x, y, width) => {
    const ms = report.view.time(x, width);
    const here = (one) => one.row === Math.floor(y / roleBand) && ms >= one.at && ms <= one.to;
    const role = stretches.find(here);
    const lines = absences.filter(here).map(({ what }) => `${brokers[Math.floor(y / roleBand)]} is ${what}`);
    if (role !== undefined)
      lines.push(
        `${role.node}: ${role.role}${role.epoch > 0 ? ` in epoch ${role.epoch}` : ''}, ${seconds(role.at)} s to ${seconds(role.to)} s`,
      );
    return [...lines, ...faultsAt(ms)].join('\n');
  };
  return timePlot({
    height: brokers.length * roleBand,
    label: 'Role and epoch of each broker over time',
    rows: brokers.length,
    draw,
    tip,
  });
}

function drawRole(context, width, { row, at, to, role, epoch }) {
  if (role === 'starting') return;
  const x = report.view.x(at, width);
  const end = report.view.x(to, width);
  const isMaster = role === 'master';
  context.fillStyle = colour(isMaster ? 'master' : 'slave');
  context.fillRect(x, row * roleBand + 2, Math.max(end - x - 1, 1), roleBand - 4);
  const left = Math.max(x, margin.left);
  context.fillStyle = colour(isMaster ? 'master-text' : 'text');
  context.textAlign = 'left';
  const room = end - left - 6;
  const text = `${role} ${epoch}`;
  fitText(
    context,
    context.measureText(text).width <= room ? text : String(epoch),
    left + 4,
    row * roleBand + 14,
    room,
  );
}

/** A node that was killed is gone until it starts again; one that was paused stands still until it is resumed. */
function absencesOf(node, { faults, roles } = report.data) {
  return faults
    .filter((fault) => ['kill', 'pause'].includes(fault.nemesis) && fault.targets.includes(node))
    .map((fault) => {
      const started = roles.find(
        (role) => role.node === node && role.role === 'starting' && role.at > fault.from,
      );
      const isKill = fault.nemesis === 'kill';
      return {
        at: fault.from,
        to: isKill ? (started?.at ?? fault.to) : fault.to,
        what: isKill ? 'down' : 'paused',
      };
    });
}

/** `top` and `height` of the lane, where it is no row of roles. */
function drawAbsence(context, width, { row, at, to, what, top = row * roleBand + 2, height = roleBand - 4 }) {
  const x = report.view.x(at, width);
  const end = report.view.x(to, width);
  const y = top;
  context.fillStyle = colour('back');
  context.fillRect(x, y, end - x, height);
  context.save();
  context.beginPath();
  context.rect(x, y, end - x, height);
  context.clip();
  context.strokeStyle = colour('line');
  context.lineWidth = 1;
  for (let stripe = Math.max(x, margin.left) - height; stripe < Math.min(end, width); stripe += 6) {
    context.beginPath();
    context.moveTo(stripe, y + height);
    context.lineTo(stripe + height, y);
    context.stroke();
  }
  context.fillStyle = colour('text');
  context.textAlign = 'left';
  const left = Math.max(x, margin.left);
  fitText(context, what, left + 4, y + 12, end - left - 6);
  context.restore();
}
