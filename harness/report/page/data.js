// Unpacks the data of the page: base64 of gzip of JSON.
const report = { data: undefined, byIndex: new Map(), view: undefined };

async function unpack() {
  const text = document.getElementById('data').textContent;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  for (const child of children) if (child !== undefined) made.append(child);
  return made;
}

const isDark = () => matchMedia('(prefers-color-scheme: dark)').matches;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const faultColour = (nemesis) => (report.data.colours[nemesis] ?? ['#b0b7bf', '#5b636d'])[isDark() ? 1 : 0];
const seconds = (ms) => (ms / 1000).toFixed(ms < 10000 ? 2 : 1);
