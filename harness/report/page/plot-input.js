// Keys and pointer of a plot, and the box that says what is under either.
function addKeys(box, chart, { tip, click, rows, height }) {
  const { view } = report;
  // Where the keyboard's cursor stands: a share of the width, and a lane.
  const cursor = { share: 0.5, row: 0, isShown: false };
  const place = () => {
    const inner = chart.width - margin.left - margin.right;
    return { x: margin.left + cursor.share * inner, y: ((cursor.row + 0.5) * height) / rows };
  };
  const show = () => {
    const { x, y } = place();
    cursor.isShown = true;
    chart.setCursor({ left: x - margin.left, top: y });
    const { left, top } = chart.over.getBoundingClientRect();
    const text = tip?.(x, y, chart.width) ?? '';
    showTip({ clientX: left + x - margin.left, clientY: top + y }, text);
    document.getElementById('said').textContent = text;
  };
  box.addEventListener('keydown', (event) => {
    const span = view.to - view.from;
    const actions = {
      ArrowLeft: () => view.move(view.from - span / 5, view.to - span / 5),
      ArrowRight: () => view.move(view.from + span / 5, view.to + span / 5),
      '+': () => view.zoom(0.6),
      '=': () => view.zoom(0.6),
      '-': () => view.zoom(1 / 0.6),
      Home: () => view.move(...view.all),
      ',': () => {
        cursor.share = Math.max(0, cursor.share - 0.01);
        show();
      },
      '.': () => {
        cursor.share = Math.min(1, cursor.share + 0.01);
        show();
      },
      ArrowUp: () => {
        cursor.row = Math.max(0, cursor.row - 1);
        show();
      },
      ArrowDown: () => {
        cursor.row = Math.min(rows - 1, cursor.row + 1);
        show();
      },
      Enter: () => {
        const { x, y } = place();
        click?.(x, y, chart.width);
      },
      Escape: () => showTip(),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    // Up and down scroll the page until the cursor has been asked for.
    if (act === undefined || (event.key.startsWith('ArrowU') && !cursor.isShown)) return;
    if (event.key === 'ArrowDown' && !cursor.isShown) return;
    event.preventDefault();
    act();
  });
  box.addEventListener('blur', () => {
    cursor.isShown = false;
    showTip();
  });
}

function addPointer(box, chart, { tip, click }) {
  const { view } = report;
  const { over } = chart;
  box.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
      const x = event.clientX - over.getBoundingClientRect().left + margin.left;
      view.zoom(delta > 0 ? 1.25 : 0.8, view.time(x, chart.width));
    },
    { passive: false },
  );
  const at = (event) => [event.offsetX + margin.left, event.offsetY, chart.width];
  over.addEventListener('pointermove', (event) => showTip(event, tip?.(...at(event))));
  over.addEventListener('pointerleave', () => showTip());
  over.addEventListener('click', (event) => click?.(...at(event)));
}

function showTip(event, text) {
  const tip = document.getElementById('tip');
  if (text === undefined || text === '') {
    tip.style.display = 'none';
    return;
  }
  tip.textContent = text;
  tip.style.display = 'block';
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.max(4, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8))}px`;
}
