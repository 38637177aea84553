// Puts the page together.
import { createLanes } from '../component/lanes.js';
import { element } from './element.js';
import { headerOf } from './header.js';
import { historyOf } from './history.js';
import { legendOf } from './legend.js';
import { panelOf } from './panel.js';
import { toolbarOf } from './toolbar.js';
import { unpack } from './unpack.js';

/** Longer histories begin with time as it was, so that they look like what happened. */
const eventsScaleMax = 4000;

export function openPage() {
  const page = document.getElementById('page');
  open(page).then(
    () => {
      document.body.dataset.ready = 'true';
    },
    (error) => {
      page.textContent = `This page cannot be drawn: ${error.message}`;
    },
  );
}

async function open(page) {
  const history = historyOf(await unpack(document.getElementById('data')));
  const { facts, orders } = history;
  let lanes;
  let found = [];
  let foundAt = -1;
  const changed = () => lanes !== undefined && panel.show(lanes);
  const choose = (at) => {
    lanes.select(at);
    lanes.focus();
  };
  const act = {
    fit: () => lanes.fit(),
    focus: () => lanes.focus(),
    zoom: (factor) => lanes.zoom(factor),
    setScale: (kind) => lanes.setScale(kind),
    jumpToError: () => {
      const at = history.errors[0] ?? orders.find(({ refused }) => refused.length > 0)?.refused[0];
      if (at !== undefined && facts.keyCount > 1 && keySelect.value !== '-1') chooseKey(history.key[at]);
      lanes.jumpToError();
      lanes.focus();
    },
    find: (query) => {
      found = lanes.find(query);
      foundAt = -1;
      toolbar.tellFound(found, foundAt);
    },
    match: (step) => {
      if (found.length === 0) return;
      foundAt = (foundAt + step + found.length) % found.length;
      lanes.lookAt([found[foundAt]]);
      lanes.select(found[foundAt]);
      toolbar.tellFound(found, foundAt);
    },
    chooseKey: (key) => chooseKey(key),
  };
  const toolbar = toolbarOf(history, act);
  const panel = panelOf(history, choose);
  const drawing = element('div', { id: 'lanes' });
  page.replaceChildren(
    headerOf(history),
    toolbar.root,
    element('main', {}, drawing, panel.root),
    legendOf(history),
  );
  const keySelect = document.getElementById('key') ?? { value: '-1' };
  const scale = facts.drawn <= eventsScaleMax || facts.verdict === 'illegal' ? 'order' : 'time';
  document.querySelector(`input[name=scale][value=${scale}]`).checked = true;
  lanes = createLanes(drawing, history, {
    scale,
    formatTime: history.formatTime,
    label: `Operations of ${facts.lanes.length} clients over time`,
    onCurrent: changed,
    onSelect: (at) => globalThis.history.replaceState(null, '', at < 0 ? '#' : `#op=${history.id(at)}`),
  });
  const chooseKey = (key) => {
    keySelect.value = String(key);
    lanes.setMask(
      key < 0 || facts.keyCount < 2
        ? undefined
        : Uint8Array.from(history.key, (own) => (own === key ? 1 : 0)),
    );
    lanes.setOrder(orders.findIndex((order) => key < 0 || order.key === key));
    changed();
  };
  start(history, lanes, chooseKey);
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    toolbar.search.focus();
  });
  globalThis.visualizer = { lanes, history };
}

/** At the operation that the address names, otherwise at the error, otherwise at everything. */
function start({ facts, id, operations, orders }, lanes, chooseKey) {
  const first = Math.max(
    0,
    facts.keys.findIndex(({ verdict }) => verdict === facts.verdict && verdict !== 'ok'),
  );
  chooseKey(facts.verdict === 'ok' ? (facts.keyCount > 1 ? -1 : 0) : first);
  const named = /^#op=(.+)$/.exec(decodeURIComponent(location.hash))?.[1];
  if (named !== undefined) {
    const at = operations.call.findIndex((_, place) => id(place) === named);
    if (at >= 0) {
      chooseKey(-1);
      lanes.lookAt([at]);
      lanes.select(at);
    }
  } else if (facts.verdict === 'illegal') {
    if (lanes.jumpToError() < 0) lanes.fit();
  } else if (facts.verdict === 'unknown' && orders.length > 0) {
    const end = orders[0].operations.at(-1);
    if (end !== undefined) lanes.lookAt([end]);
  }
}
