// Which key, which scale, search, the first error, zoom.
import { counted, element } from './element.js';

/** `act`: what the buttons do; see main.js. */
export function toolbarOf(history, act) {
  const found = element('output', { id: 'found', className: 'dim' });
  const search = searchField(act, found);
  const button = (label, title, onclick) => element('button', { type: 'button', title, onclick }, label);
  const root = element(
    'div',
    { id: 'toolbar', aria: { role: 'toolbar', label: 'View' } },
    history.facts.keyCount > 1 ? keyField(history, act) : undefined,
    scaleField(act),
    element(
      'span',
      { className: 'group' },
      search,
      found,
      button('↑', 'Previous match (Shift+Enter)', () => act.match(-1)),
      button('↓', 'Next match (Enter)', () => act.match(1)),
    ),
    history.facts.verdict === 'illegal' ? button('First error', 'Key: e', act.jumpToError) : undefined,
    element(
      'span',
      { className: 'group' },
      button('−', 'Zoom out (key: -)', () => act.zoom(1.6)),
      button('+', 'Zoom in (key: +)', () => act.zoom(0.6)),
      button('Show all', 'Key: Home', act.fit),
    ),
  );
  return {
    root,
    search,
    tellFound: (places, index) => {
      found.textContent =
        search.value.trim() === ''
          ? ''
          : places.length === 0
            ? 'nothing'
            : index < 0
              ? `${counted(places.length, 'match', 'matches')}`
              : `${index + 1} of ${places.length.toLocaleString('en')}`;
    },
  };
}

function searchField(act) {
  const search = element('input', {
    type: 'search',
    id: 'search',
    placeholder: 'Find: text, client, #id  ( / )',
    spellcheck: false,
    aria: { label: 'Find operations by text, client or #id' },
  });
  let timer;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => act.find(search.value), 120);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      clearTimeout(timer);
      act.find(search.value);
      act.match(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      search.value = '';
      act.find('');
      act.focus();
    } else return;
    event.preventDefault();
  });
  return search;
}

function keyField({ facts }, act) {
  const select = element('select', { id: 'key', onchange: () => act.chooseKey(Number(select.value)) });
  const numbered = facts.keys.map((one, at) => ({ ...one, at }));
  const rank = { illegal: 0, unknown: 1, ok: 2 };
  numbered.sort(
    (one, other) => rank[one.verdict] - rank[other.verdict] || other.count - one.count || one.at - other.at,
  );
  select.append(element('option', { value: '-1' }, `all ${facts.keyCount.toLocaleString('en')} keys`));
  for (const { at, count, key, verdict } of numbered)
    select.append(
      element('option', { value: String(at) }, `${key}: ${verdict}, ${counted(count, 'operation')}`),
    );
  return element('label', {}, 'Key ', select);
}

function scaleField(act) {
  const choice = (value, label, title) => {
    const input = element('input', {
      type: 'radio',
      name: 'scale',
      value,
      onchange: () => act.setScale(value),
    });
    return element('label', { title }, input, label);
  };
  return element(
    'span',
    { className: 'group scale', aria: { role: 'radiogroup', label: 'Horizontal axis' } },
    choice('order', 'Events', 'Every call and return has the same room'),
    choice('time', 'Time', 'As long as it took'),
  );
}
