// What is looked at stands in the address, so that it can be kept and sent: #op=N&t=FROM-TO&q=QUEUE&checker=NAME&anomaly=N, in any combination.
const addressKeys = ['anomaly', 'checker', 'op', 't', 'q'];

function readAddress() {
  const parts = {};
  for (const part of location.hash.slice(1).split('&')) {
    const at = part.indexOf('=');
    if (at > 0) parts[part.slice(0, at)] = decoded(part.slice(at + 1));
  }
  return parts;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function addressOf(parts) {
  const said = addressKeys.filter((key) => parts[key] !== undefined && parts[key] !== '');
  // What people read in an address stays as it is.
  const spelled = (text) => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%2C', ',');
  return `#${said.map((key) => `${key}=${spelled(String(parts[key]))}`).join('&')}`;
}

/** A step that the browser's back button takes back. A filter of queues stays. */
function go(parts) {
  const { q } = readAddress();
  location.hash = addressOf({ q, ...parts });
}

function keepTime() {
  clearTimeout(keepTime.timer);
  keepTime.timer = setTimeout(() => {
    history.replaceState(null, '', addressOf({ ...readAddress(), t: visibleTime() }));
  }, 150);
}

/** Undefined where the whole run is shown. */
function visibleTime() {
  const { view } = report;
  return view.isWhole ? undefined : `${shortSeconds(view.from)}-${shortSeconds(view.to)}`;
}

const shortSeconds = (ms) => String(Number((ms / 1000).toFixed(3)));

function linkToHere() {
  const { origin, pathname, protocol } = location;
  const base = protocol === 'file:' ? `file://${pathname}` : `${origin}${pathname}`;
  return `${base}${addressOf({ ...readAddress(), t: visibleTime() })}`;
}

/** Links within the page keep the filter of queues, as `go` does. */
function followLinks() {
  document.addEventListener('click', (event) => {
    const href = event.target.closest?.('a[href^="#"]')?.getAttribute('href');
    const { q } = readAddress();
    if (href === undefined || q === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    location.hash = `${href}&q=${encodeURIComponent(q).replaceAll('%2F', '/')}`;
  });
}

/** Pages from disk have no clipboard in some browsers: there the text is shown and selected instead. */
function copyButton(label, title, text) {
  const button = element('button', { type: 'button', title }, label);
  const say = element('output', { className: 'copied' });
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      say.textContent = 'copied';
    } catch {
      const shown = element('input', { readOnly: true, value: text(), ariaLabel: title });
      say.replaceChildren(shown);
      shown.select();
      return;
    }
    setTimeout(() => say.replaceChildren(), 1500);
  });
  return [button, say];
}
