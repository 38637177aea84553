// Draws each configuration: recovery and throughput, run after run; a point leads to its run.
import { milliseconds, rate } from './dom.js';
import { makePlot } from './plots.js';

const hues = ['a', 'b', 'c', 'd', 'e', 'f'];
const day = new Intl.DateTimeFormat('en-CA', {
  dateStyle: 'short',
  timeStyle: 'short',
  timeZone: 'UTC',
  hour12: false,
});
const dateOf = (seconds) => day.format(seconds * 1000).replace(',', '');

for (const form of document.querySelectorAll('#filter'))
  form.addEventListener('change', () => form.requestSubmit());
document.documentElement.classList.add('scripted');
document.getElementById('filter').addEventListener('submit', (event) => {
  event.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(event.target)) if (value !== '') query.set(name, value);
  const text = query.toString().replaceAll('%2C', ',');
  location.assign(text === '' ? '/trends' : `/trends?${text}`);
});

for (const section of document.querySelectorAll('.configuration')) draw(section);
document.body.dataset.ready = 'true';

function draw(section) {
  const data = JSON.parse(section.querySelector('.data').textContent);
  const ratePlace = section.querySelector('[id^="rates"]');
  if (ratePlace === null) return;
  const runs = data.paths.map((_, at) => at + 1);
  const last = runs.length;
  const x = {
    // Run after run: nights would tear the line, and evenings press it together.
    text: (run) => (data.started[run - 1] === undefined ? '' : dateOf(data.started[run - 1])),
    range: () => [0.5, Math.max(last, 4) + 0.5],
    incrs: [1, 2, 5, 10, 20, 50, 100],
    space: 110,
  };
  const head = (at) => `${dateOf(data.started[at])} UTC\nseed ${data.seeds[at] ?? '?'}, ${data.outcomes[at]}`;
  const open = (at) => location.assign(data.links[at]);
  const hintOf = (lines, text) => (at, columns) =>
    [
      head(at),
      ...lines.flatMap(({ name }, line) => {
        const value = columns[line + 1][at];
        return value === null ? [] : [`${name}: ${text(value)}`];
      }),
    ].join('\n');
  const gaps = Object.keys(data.gaps).map((name, at) => ({
    name,
    colour: hues[at % hues.length],
    points: true,
    dash: at < hues.length ? undefined : [4, 3],
  }));
  const gapPlace = section.querySelector('[id^="gaps"]');
  if (gapPlace !== null)
    makePlot(gapPlace, {
      lines: gaps,
      x,
      y: { text: axisMs, log: true },
      hint: hintOf(gaps, milliseconds),
      open,
    }).set([runs, ...Object.values(data.gaps)]);
  const rates = [
    { name: 'ok/s', colour: 'ok', points: true },
    { name: 'SEND_OK/s', colour: 'c', points: true, dash: [5, 3] },
  ];
  const perSecond = (value) => `${rate(value)}/s`;
  makePlot(ratePlace, {
    lines: rates,
    x,
    y: { text: perSecondAxis },
    hint: hintOf(rates, perSecond),
    open,
  }).set([runs, data.ok, data.acknowledged]);
}

function perSecondAxis(value) {
  return `${value.toLocaleString('en')}/s`;
}

function axisMs(ms) {
  return ms >= 1000 ? `${ms / 1000} s` : `${Number(ms.toPrecision(1))} ms`;
}
