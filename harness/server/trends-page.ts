/** Verdicts, recovery and throughput over time, for each configuration. */
import { filterForm } from './filter-form.ts';
import { html, Markup, pageOf, pathInAddress } from './layout.ts';
import { addressOf } from './list-page.ts';
import { plotRoom } from './live-page.ts';
import { chosen, filterQuery, type RunFilter } from './run-filter.ts';
import { type RunSummary, worstGapMs } from './run-summary.ts';
import { type Configuration, configurationsOf, trendData } from './trends.ts';
import { countText, millisecondsText, rateText, timeText } from './words.ts';

const configurationsPerPage = 10;
/** The newest of them are drawn. */
const runsDrawnMax = 200;
const runsInTableMax = 60;

export function trendsPage(rows: readonly RunSummary[], filter: RunFilter): string {
  const configurations = configurationsOf(chosen({ ...filter, sort: 'started', descending: true }, rows));
  const pages = Math.max(1, Math.ceil(configurations.length / configurationsPerPage));
  const page = Math.min(filter.page, pages);
  const shown = configurations.slice((page - 1) * configurationsPerPage, page * configurationsPerPage);
  const link = (to: number, name: string) =>
    to < 1 || to > pages
      ? html`<span class="dim">${name}</span>`
      : html`<a href="/trends${filterQuery({ ...filter, page: to })}">${name}</a>`;
  return pageOf({
    title: 'Trends',
    here: 'trends',
    scripts: ['trends'],
    plots: true,
    main: html`<h1>Trends</h1>
${filterForm(rows, { ...filter, sort: 'started', descending: true }, '/trends')}
<p class="dim" role="status">${configurations.length === 0 ? 'No finished run fits.' : `${countText(configurations.length)} ${configurations.length === 1 ? 'configuration' : 'configurations'}, the one that ran last first. Each mark and each point leads to its run.`}</p>
${shown.map((configuration, at) => section(configuration, at))}
${pages === 1 ? '' : html`<nav class="pager" aria-label="Parts of the list">${link(page - 1, '← ran later')} <span>${page} of ${pages}</span> ${link(page + 1, 'ran earlier →')}</nav>`}`,
  });
}

function section({ name, apart, runs }: Configuration, at: number): Markup {
  const drawn = runs.slice(-runsDrawnMax);
  const data = trendData(drawn, addressOf);
  const hasGaps = Object.keys(data.gaps).length > 0;
  const hasFigures = drawn.some(({ figures }) => figures !== undefined);
  return html`<section class="configuration" id="configuration-${at}">
<h2>${name} <span class="dim">${[apart, countsOf(runs)].filter((part) => part !== '').join(' · ')}</span></h2>
<div class="strip">${drawn.map(
    (run) =>
      html`<a class="beat ${run.outcome}" href="${addressOf(run)}" title="${run.outcome}, ${timeText(run.startMs)}, seed ${run.seed ?? '?'}${run.why === '' ? '' : `: ${run.why}`}" aria-label="${run.outcome}, ${timeText(run.startMs)}"></a>`,
  )}</div>
${
  hasFigures
    ? html`<div class="${hasGaps ? 'pair' : ''}"><div><h3>Worst gap without an acknowledged send, by fault</h3>${
        !hasGaps
          ? html`<p class="dim">${runs.some(({ type }) => type === 'campaign') ? 'A campaign does not keep the gaps of its seeds.' : 'No fault was injected.'}</p>`
          : plotRoom(`gaps-${at}`, `${name}: worst gap by fault, run after run, logarithmic`)
      }</div>
<div><h3>Throughput</h3>${plotRoom(`rates-${at}`, `${name}: operations per second, run after run`)}</div></div>`
    : html`<p class="dim">No figures: none of these runs came so far.</p>`
}
<details><summary>As a table</summary>${table(drawn)}</details>
<script type="application/json" class="data">${new Markup(jsonInPage(data))}</script>
</section>`;
}

function countsOf(runs: readonly RunSummary[]): string {
  const counts = (['invalid', 'broke', 'unknown', 'valid'] as const)
    .map((outcome) => ({ outcome, number: runs.filter((run) => run.outcome === outcome).length }))
    .filter(({ number }) => number > 0)
    .map(({ outcome, number }) => `${countText(number)} ${outcome}`);
  const shown = runs.length > runsDrawnMax ? `; the last ${runsDrawnMax} are drawn` : '';
  return `${countText(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}: ${counts.join(', ')}${shown}`;
}

function table(runs: readonly RunSummary[]): Markup {
  const newest = runs.slice(-runsInTableMax).reverse();
  const more = runs.length - newest.length;
  return html`<div class="across"><table><thead><tr><th>verdict</th><th>started (UTC)</th><th class="number">seed</th><th class="number">ok/s</th><th class="number">SEND_OK/s</th><th class="number">worst gap</th><th>by fault</th><th></th></tr></thead><tbody>${newest.map(
    (run) => {
      const { figures, gaps, outcome, path, seed, startMs } = run;
      const gap = worstGapMs(run);
      const byFault = Object.entries(gaps).map(([name, { worst }]) => `${name} ${millisecondsText(worst)}`);
      const number = (text: string) => html`<td class="number">${text}</td>`;
      return html`<tr><td><span class="badge ${outcome}">${outcome}</span></td><td><a href="${addressOf(run)}">${timeText(startMs)}</a></td>${number(String(seed ?? ''))}${number(figures === undefined ? '' : rateText(figures.okPerS))}${number(figures === undefined ? '' : rateText(figures.acknowledgedPerS))}${number(gap === undefined ? '' : millisecondsText(gap))}<td>${byFault.join(', ')}</td><td><a href="/files/${pathInAddress(path)}/">files</a></td></tr>`;
    },
  )}</tbody></table></div>${more > 0 ? html`<p class="dim">and ${countText(more)} before</p>` : ''}`;
}

/** For the inside of a script element that holds data: nothing in it can end the element. */
function jsonInPage(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
