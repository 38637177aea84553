// The list of runs: filters as one types, new runs as they come, ticks that stay, keys.
import { stream } from './stream.js';

const form = document.getElementById('filter');
const tray = document.getElementById('compare');
const told = document.getElementById('ticked');
const button = tray.querySelector('button');
/** Paths of ticked runs, the older tick first; they stay when the row is filtered away. */
let ticked = [];
let waiting;
let asked = 0;

document.documentElement.classList.add('scripted');

/** The address of what the form says, without what is not filtered by. */
function addressOfForm() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== '') query.set(name, value);
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? '/' : `/?${text}`;
}

/** Without an answer what is shown stays: the stream of changes says when the server is back. */
function show(address, { keepForm = true } = {}) {
  replace(address, keepForm).catch(() => undefined);
}

/** Puts the results of an address in the place of those that are shown; the newest wish wins. */
async function replace(address, keepForm) {
  asked += 1;
  const mine = asked;
  const response = await fetch(address);
  if (!response.ok || mine !== asked) return;
  const text = await response.text();
  if (mine !== asked) return;
  const page = new DOMParser().parseFromString(text, 'text/html');
  const focused = document.activeElement?.closest?.('#results tr')?.dataset.path;
  document.getElementById('results').replaceWith(page.getElementById('results'));
  if (!keepForm) form.innerHTML = page.getElementById('filter').innerHTML;
  showTicks();
  if (focused !== undefined)
    rows()
      .find((row) => row.dataset.path === focused)
      ?.querySelector('.open')
      ?.focus();
}

function go(address) {
  history.pushState(null, '', address);
  show(address, { keepForm: false });
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  filterSoon(0);
});
form.addEventListener('input', (event) => filterSoon(event.target.type === 'search' ? 200 : 0));

function filterSoon(ms) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const address = addressOfForm();
    history.replaceState(null, '', address);
    show(address);
  }, ms);
}

addEventListener('popstate', () => show(location.href, { keepForm: false }));

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
    return;
  const link = event.target.closest('.chips a, th a, .pager a, .clear');
  if (link === null) return;
  event.preventDefault();
  go(link.getAttribute('href'));
});

document.addEventListener('change', (event) => {
  if (event.target.name === 'run') setTick(event.target.value, event.target.checked);
});

function setTick(path, isOn) {
  ticked = ticked.filter((one) => one !== path);
  // A third tick takes the place of the older one.
  if (isOn) ticked = [...ticked.slice(-1), path];
  showTicks();
}

function showTicks() {
  for (const box of document.querySelectorAll('input[name="run"]')) box.checked = ticked.includes(box.value);
  button.disabled = ticked.length !== 2;
  const [a, b] = ticked;
  if (a === undefined) told.textContent = 'Tick two runs to see them side by side.';
  else told.textContent = b === undefined ? `${a}, and one more` : `${a} and ${b}`;
}

tray.addEventListener('submit', (event) => {
  event.preventDefault();
  if (ticked.length !== 2) return;
  const [a, b] = ticked.map((path) => encodeURIComponent(path).replaceAll('%2F', '/'));
  location.assign(`/compare?a=${a}&b=${b}`);
});

const rows = () => [...document.querySelectorAll('#results tbody tr')];

document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.matches('input:not([type="checkbox"]), select, textarea')) {
    if (event.key === 'Escape') event.target.blur();
    else if (event.key === 'ArrowDown' && event.target.type === 'search') move(1, event);
    return;
  }
  if (event.key === '/') {
    form.elements.q.focus();
    form.elements.q.select();
  } else if (event.key === 'ArrowDown' || event.key === 'j') return move(1, event);
  else if (event.key === 'ArrowUp' || event.key === 'k') return move(-1, event);
  else if (event.key === 'x') {
    const box = document.activeElement?.closest('tr')?.querySelector('input[name="run"]');
    if (box) setTick(box.value, !box.checked);
  } else if (event.key === 'c' && !button.disabled) tray.requestSubmit();
  else return;
  event.preventDefault();
});

function move(step, event) {
  const all = rows();
  const here = all.indexOf(document.activeElement?.closest('tr'));
  const next = here < 0 ? all[0] : all[here + step];
  next?.querySelector('.open')?.focus();
  event.preventDefault();
}

stream('/api/events', {
  changed: ({ version }) => {
    if (document.getElementById('results').dataset.version !== String(version)) show(location.href);
  },
});
showTicks();
document.body.dataset.ready = 'true';
