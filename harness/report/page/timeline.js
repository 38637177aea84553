// Operations by process over time: the lanes that porcupine-ts' visualizer has too.

/** What is rarer comes later: it wins where many share a pixel. The shape says what the colour says: ok full, info half high, fail a line. */
const laneKinds = [
  { label: 'ok', colour: '--ok' },
  { label: 'fail', colour: '--fail', size: 0.35 },
  { label: 'info', colour: '--info', size: 0.6 },
];

/** Height of the axis above the lanes. */
const lanesAxis = 23;

function timelineSection() {
  const { data } = report;
  const drawn = data.operations.start.length;
  const shown = drawn < data.operationCount ? `, ${count(drawn)} of ${count(data.operationCount)} drawn` : '';
  const section = element('section', { id: 'operations' }, element('h2', {}, `Operations${shown}`));
  if (drawn === 0) section.append(element('p', { className: 'dim' }, 'The history holds no operations.'));
  section.append(toolbar(), legend());
  for (const part of [overview(), rolesPlot(), timeline(), help()])
    if (part !== undefined) section.append(part);
  return section;
}

function timeline() {
  const { view } = report;
  const { process, start } = report.data.operations;
  const slots = report.data.record.plan.concurrency;
  const lanes = Array.from({ length: slots }, (_, slot) => ({ label: `process ${slot}` }));
  // The longest name: it makes the lanes begin where the plots do.
  lanes.push({ label: 'final reads' });
  const laneOf = (at) => (process[at] < 1000000 ? process[at] % slots : slots);
  const box = element('div', { className: 'timeline' });
  // The final reads are several at a time, one for each queue and replica.
  box.style.height = `${Math.min(640, (slots + 4) * 16 + 52)}px`;
  if (start.length === 0) return box;
  printNarrow(box, () => report.lanes);
  let isFollowing = false;
  report.lanes = createLanes(box, lanesData(everyPlace(start.length), { lanes, laneOf }), {
    wheel: 'modified',
    formatTime: formatLaneTime,
    label: 'Operations by process over time',
    onSelect: (place) => go(place < 0 ? {} : { op: report.data.operations.index[place], t: visibleTime() }),
    onView: (from, to) => {
      if (!isFollowing) view.move(from, to);
    },
  });
  const follow = () => {
    isFollowing = true;
    report.lanes.show(view.from, view.to);
    isFollowing = false;
  };
  view.listeners.push(follow);
  onScheme(() => report.lanes.refresh());
  follow();
  box.append(hatchingOver(box));
  return box;
}

/** Before the lanes' own listener paints them. */
function printNarrow(box, lanes) {
  addEventListener('beforeprint', () => {
    box.style.width = `${printedWidth}px`;
    lanes()?.refresh();
  });
  addEventListener('afterprint', () => {
    box.style.width = '';
    lanes()?.refresh();
  });
}

/** The lanes colour the bands of faults and name them; the hatching lies over them. */
function hatchingOver(box) {
  const { view } = report;
  const canvas = element('canvas', { className: 'hatching' });
  const paint = oncePerFrame(() => {
    const ratio = devicePixelRatio || 1;
    const width = box.querySelector('.lanes-scroll').clientWidth;
    const height = box.clientHeight;
    Object.assign(canvas, { width: width * ratio, height: height * ratio });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    drawFaults(context, {
      x: (ms) => view.x(ms, width),
      left: margin.left,
      right: width - margin.right,
      top: lanesAxis,
      bottom: height,
      isOverlay: true,
    });
  });
  view.listeners.push(paint);
  onScheme(paint);
  new ResizeObserver(paint).observe(box);
  return canvas;
}

function everyPlace(size) {
  const places = new Int32Array(size);
  for (let at = 0; at < size; at += 1) places[at] = at;
  return places;
}

/** Of the operations at `places`; `errors` are places in that list. */
function lanesData(places, { lanes, laneOf, errors = [], faults = report.data.faults }) {
  const { names, operations } = report.data;
  const kinds = names.type.map((type) => laneKinds.findIndex(({ label }) => label === type));
  const facts = (place) => describeOperation(places[place]);
  const size = places.length;
  const columns = {
    lane: new Int32Array(size),
    call: new Float64Array(size),
    ret: new Float64Array(size),
    kind: new Uint8Array(size),
  };
  for (let place = 0; place < size; place += 1) {
    const at = places[place];
    columns.lane[place] = laneOf(at);
    columns.call[place] = operations.start[at];
    columns.ret[place] = operations.end[at];
    columns.kind[place] = kinds[operations.type[at]];
  }
  return {
    lanes,
    kinds: laneKinds,
    errors,
    operations: columns,
    text: (place) => `${facts(place).what} ${facts(place).text}`,
    id: (place) => String(operations.index[places[place]]),
    details: (place) => {
      const { node, outcome, process } = facts(place);
      return [`${outcome}, process ${process}${node === '' ? '' : `, ${node}`}`];
    },
    bands: faults.map((fault) => ({
      from: fault.from,
      to: fault.to,
      label: fault.name,
      colour: `--fault-${report.nemeses.indexOf(fault.nemesis)}`,
      details: faultText(fault),
    })),
  };
}

function formatLaneTime(ms, step) {
  if (step !== undefined) return `${Number((ms / 1000).toFixed(4))} s`;
  return ms < 1000 ? `${Number(ms.toFixed(2))} ms` : `${seconds(ms)} s`;
}

function markInLanes() {
  report.lanes?.setErrors(report.marked);
  const at = report.selected === undefined ? undefined : placeOf(report.selected);
  report.lanes?.select(at ?? -1, { reveal: false });
}
