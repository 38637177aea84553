/** The page of two runs side by side. Latencies and plots come from their histories, which page/compare.js asks for. */
import {
  type CheckerWord,
  type ComparedFigure,
  type ComparedRow,
  type ComparedRun,
  comparedCheckers,
  comparedFigures,
  comparedSettings,
  differenceText,
  type FigureUnit,
  judgementOf,
} from './comparison.ts';
import { textOf } from './json-value.ts';
import { html, type Markup, pageOf, pathInAddress } from './layout.ts';
import { addressOf } from './list-page.ts';
import { plotRoom } from './live-page.ts';
import { kindOf } from './run-summary.ts';
import { countText, millisecondsText, rateText, timeText } from './words.ts';

const latencyKinds = [
  ['send', 'send'],
  ['pull', 'pull'],
] as const;
export const latencyShares = [
  ['p50', 'median'],
  ['p90', '90 %'],
  ['p99', '99 %'],
  ['p999', '99.9 %'],
  ['longest', 'longest'],
] as const;

export function comparePage(a: ComparedRun, b: ComparedRun): string {
  const { differ, same } = comparedSettings(a, b);
  const checkers = comparedCheckers(a, b);
  const agreed = checkers.filter((row) => row.a.verdict === row.b.verdict).length;
  return pageOf({
    title: `${kindOf(a.summary)} and ${kindOf(b.summary)}`,
    here: '',
    scripts: ['compare'],
    plots: true,
    main: html`<p class="crumbs"><a href="/">Runs</a> / two of them</p>
<h1>Two runs side by side</h1>
<div id="sides" data-a="${pathInAddress(a.summary.path)}" data-b="${pathInAddress(b.summary.path)}">
<div class="pair">${side(a, 'a')}${side(b, 'b')}</div>
<p><a href="/compare?a=${pathInAddress(b.summary.path)}&amp;b=${pathInAddress(a.summary.path)}">Exchange them</a></p>
<section><h2>Settings that differ</h2>
${differ.length === 0 ? html`<p class="dim">None: the same configuration and the same programs.</p>` : settingsTable(differ)}
${same.length === 0 ? '' : html`<details><summary>${countText(same.length)} settings are the same</summary>${settingsTable(same)}</details>`}</section>
<section><h2>Verdicts</h2>
<p class="dim">${agreed === checkers.length ? `All ${checkers.length} checkers say the same of both.` : `${checkers.length - agreed} of ${checkers.length} checkers do not say the same of both; they stand first.`}</p>
${sides(checkers.map((row) => html`<tr${row.a.verdict === row.b.verdict ? '' : html` class="differs"`}><td>${row.checker}</td>${word(row.a, a, row.checker)}${word(row.b, b, row.checker)}</tr>`))}</section>
<section><h2>Figures</h2>
<p class="dim">The last column: b beside a; coloured where they differ by more than a tenth. Latencies are of operations that ended well.</p>
<div class="across"><table><thead><tr><th>figure</th><th class="number"><span class="swatch a"></span>a</th><th class="number"><span class="swatch b"></span>b</th><th class="number">b beside a</th></tr></thead><tbody>${comparedFigures(a, b).map(figureRow)}${latencyKinds.flatMap(([f, name]) => latencyShares.map(([share, label]) => html`<tr><td>${name} latency, ${label}</td><td class="number" data-latency="a ${f} ${share}">…</td><td class="number" data-latency="b ${f} ${share}">…</td><td class="number" data-latency="both ${f} ${share}"></td></tr>`))}</tbody></table></div></section>
<section><h2>Sends acknowledged per second</h2>${plotRoom('sends', 'Acknowledged sends per second of both runs over their time')}</section>
<section><h2>All operations ok per second</h2>${plotRoom('oks', 'Operations per second of both runs over their time')}</section>
<section><h2>Latency of acknowledged sends, 99 %</h2>${plotRoom('latencies', 'Latency of sends of both runs over their time, logarithmic')}</section>
<p class="dim">Bands: faults at work, those of a in the upper half of each plot, those of b in the lower one; pale where no probe proved that the fault bit.</p>
</div>`,
  });
}

function side({ summary, record }: ComparedRun, name: 'a' | 'b'): Markup {
  const { path, outcome, startMs, seed, world, anomalies, why } = summary;
  return html`<div class="configuration"><h2><span class="swatch ${name}"></span>${name} <a href="${addressOf(summary)}">${kindOf(summary)}, seed ${seed ?? '?'}</a> <span class="badge ${outcome}">${outcome}</span></h2>
<p class="dim">${timeText(startMs)} UTC · ${world} · <a href="/files/${pathInAddress(path)}/">files</a></p>
<p>${anomalies.length === 0 ? '' : html`<b class="worse">${anomalies.join(', ')}</b> `}${why}</p>
<pre>${textOf(record['replay']) || ' '}</pre></div>`;
}

function sides(rows: readonly Markup[]): Markup {
  return html`<div class="across"><table class="sides"><thead><tr><th></th><th><span class="swatch a"></span>a</th><th><span class="swatch b"></span>b</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function settingsTable(rows: readonly ComparedRow[]): Markup {
  return sides(
    rows.map(
      ({ name, a, b }) =>
        html`<tr><td>${name}</td>${[a, b].map((value) => html`<td>${value === '' ? html`<span class="dim">not set</span>` : value}</td>`)}</tr>`,
    ),
  );
}

function word({ verdict, evidence }: CheckerWord, { summary }: ComparedRun, checker: string): Markup {
  if (verdict === '') return html`<td class="dim">did not judge</td>`;
  const badge = html`<span class="badge ${verdict}">${verdict}</span>`;
  const linked =
    summary.page === undefined
      ? badge
      : html`<a href="${addressOf(summary)}#checker=${checker}">${badge}</a>`;
  return html`<td>${linked} <span class="dim">${evidence}</span></td>`;
}

function figureRow(figure: ComparedFigure): Markup {
  const { name, unit, a, b } = figure;
  return html`<tr><td>${name}</td><td class="number">${figureText(a, unit)}</td><td class="number">${figureText(b, unit)}</td><td class="number ${judgementOf(figure)}">${differenceText(a, b)}</td></tr>`;
}

function figureText(value: number | undefined, unit: FigureUnit): string {
  if (value === undefined) return '–';
  switch (unit) {
    case 'count':
      return countText(value);
    case 'rate':
      return rateText(value);
    case 'milliseconds':
      return millisecondsText(value);
    case 'seconds':
      return `${value.toFixed(1)} s`;
    default:
      return unit satisfies never;
  }
}
