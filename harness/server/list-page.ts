/** The list of runs: filters, counts, rows. Works without a script; the script saves clicks and shows what comes. */
import { filterForm } from './filter-form.ts';
import { html, type Markup, pageOf, pathInAddress } from './layout.ts';
import {
  chosen,
  filterQuery,
  matchesBesides,
  type RunFilter,
  rowsPerPage,
  type SortKey,
  sortedBy,
} from './run-filter.ts';
import { kindOf, type Outcome, outcomes, type RunSummary, worstGapMs } from './run-summary.ts';
import { countText, durationText, millisecondsText, rateText, timeText } from './words.ts';

export function listPage(rows: readonly RunSummary[], filter: RunFilter, version: number): string {
  const found = chosen(filter, rows);
  const pages = Math.max(1, Math.ceil(found.length / rowsPerPage));
  const page = Math.min(filter.page, pages);
  const shown = found.slice((page - 1) * rowsPerPage, page * rowsPerPage);
  return pageOf({
    title: 'Runs',
    here: 'runs',
    scripts: ['list'],
    main: html`
<h1>Runs</h1>
${filterForm(rows, filter, '/')}
<div id="results" data-version="${version}">
${verdictChips(rows, filter)}
<p class="dim" role="status">${sentence(rows, found, page)}</p>
${rows.length === 0 ? nothingYet() : table(shown, filter)}
${pager(filter, page, pages)}
</div>
<form id="compare" action="/compare" class="tray">
<span id="ticked" aria-live="polite">Tick two runs to see them side by side.</span>
<button>Compare</button>
<span class="dim keys"><kbd>/</kbd> filter <kbd>↑</kbd> <kbd>↓</kbd> rows <kbd>Enter</kbd> open <kbd>x</kbd> tick <kbd>c</kbd> compare</span>
</form>`,
  });
}

function nothingYet(): Markup {
  return html`<p>No runs yet. Make one: <code>npm run jepsen -- --nemesis partition</code></p>`;
}

function sentence(rows: readonly RunSummary[], found: readonly RunSummary[], page: number): string {
  if (rows.length === 0) return '';
  if (found.length === 0) return `None of ${countText(rows.length)} fits.`;
  const from = (page - 1) * rowsPerPage + 1;
  const to = Math.min(found.length, page * rowsPerPage);
  const range = found.length > rowsPerPage ? `${countText(from)}–${countText(to)} of ` : '';
  const of = found.length < rows.length ? ` of ${countText(rows.length)}` : '';
  return `${range}${countText(found.length)}${of} ${rows.length === 1 ? 'row' : 'rows'}.`;
}

/** How many rows of each verdict the other filters leave; each is a switch. */
function verdictChips(rows: readonly RunSummary[], filter: RunFilter): Markup {
  const counts = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]));
  for (const row of rows)
    if (matchesBesides(filter, row)) counts.set(row.outcome, (counts.get(row.outcome) ?? 0) + 1);
  const toggled = (outcome: Outcome) =>
    filter.outcomes.includes(outcome)
      ? filter.outcomes.filter((one) => one !== outcome)
      : [...filter.outcomes, outcome];
  return html`<nav class="chips" aria-label="Verdicts">${outcomes.map((outcome) => {
    const isOn = filter.outcomes.includes(outcome);
    const address = `/${filterQuery({ ...filter, outcomes: toggled(outcome), page: 1 })}`;
    return html`<a class="chip" href="${address}" data-verdict="${outcome}"${isOn ? html` aria-current="true"` : ''}><span class="badge ${outcome}">${outcome}</span> ${countText(counts.get(outcome) ?? 0)}</a>`;
  })}</nav>`;
}

interface Column {
  readonly name: string;
  readonly sort?: SortKey;
  readonly number?: boolean;
  readonly title?: string;
}

const columns: readonly Column[] = [
  { name: 'verdict', sort: 'verdict' },
  { name: 'started (UTC)', sort: 'started' },
  { name: 'kind', sort: 'kind' },
  { name: 'world', sort: 'world' },
  { name: 'seed', sort: 'seed', number: true },
  { name: 'time', sort: 'time', number: true, title: 'From the start of the first node to the verdict' },
  { name: 'ok/s', sort: 'ok', number: true, title: 'Operations that ended well, per second of load' },
  { name: 'SEND_OK/s', sort: 'acknowledged', number: true },
  {
    name: 'worst gap',
    sort: 'gap',
    number: true,
    title: 'The longest time without an acknowledged send that reaches into a fault',
  },
  { name: 'what was found' },
];

function table(rows: readonly RunSummary[], filter: RunFilter): Markup {
  return html`<div class="across"><table class="runs"><thead><tr><th><span class="unseen">compare</span></th>${columns.map((column) => head(column, filter))}<th><span class="unseen">files</span></th></tr></thead>
<tbody>${rows.map(row)}</tbody></table></div>`;
}

function head({ name, sort, number, title }: Column, filter: RunFilter): Markup {
  const classes = number === true ? html` class="number"` : '';
  const hint = title === undefined ? '' : html` title="${title}"`;
  if (sort === undefined) return html`<th${classes}${hint}>${name}</th>`;
  const isHere = filter.sort === sort;
  const order = isHere ? html` aria-sort="${filter.descending ? 'descending' : 'ascending'}"` : '';
  const mark = isHere ? (filter.descending ? ' ↓' : ' ↑') : '';
  return html`<th${classes}${order}${hint}><a class="sort" href="/${filterQuery(sortedBy(filter, sort))}">${name}</a><span class="mark" aria-hidden="true">${mark}</span></th>`;
}

function row(run: RunSummary): Markup {
  const { path, outcome, startMs, type, figures, seconds, seed } = run;
  const gap = worstGapMs(run);
  const number = (text: string | undefined) => html`<td class="number">${text ?? ''}</td>`;
  const isCompared = type === 'run' && figures !== undefined;
  const tick = isCompared
    ? html`<input type="checkbox" name="run" value="${path}" form="compare" aria-label="Compare ${path}">`
    : '';
  const label = startMs > 0 ? timeText(startMs) : (path.split('/')[1] ?? path);
  return html`<tr data-path="${path}"><td>${tick}</td><td><span class="badge ${outcome}">${outcome}</span></td>
<td class="time"><a class="open" href="${addressOf(run)}">${label}</a></td>
<td class="kind">${kindOf(run)}${type === 'run' ? '' : html` <span class="type">${type}</span>`}</td>
<td>${run.world}</td>${number(seed === undefined ? undefined : String(seed))}${number(
    seconds === undefined ? undefined : durationText(seconds),
  )}${number(figures === undefined ? undefined : rateText(figures.okPerS))}${number(
    figures === undefined ? undefined : rateText(figures.acknowledgedPerS),
  )}${number(gap === undefined ? undefined : millisecondsText(gap))}
<td class="found">${foundIn(run)}</td><td><a class="files" href="/files/${pathInAddress(path)}/" aria-label="Files of ${path}">files</a></td></tr>`;
}

/** Where a row leads: what goes on is followed, what has a page is opened, the rest are files. */
export function addressOf({ path, outcome, page }: RunSummary): string {
  if (outcome === 'running') return `/live/${pathInAddress(path)}`;
  return `/files/${page === undefined ? `${pathInAddress(path)}/` : pathInAddress(page)}`;
}

function foundIn({ anomalies, why }: RunSummary): Markup {
  const evidence = html`<span class="why" title="${why}">${why}</span>`;
  if (anomalies.length === 0) return evidence;
  return html`<b class="anomalies">${anomalies.join(', ')}</b> ${evidence}`;
}

function pager(filter: RunFilter, page: number, pages: number): Markup | string {
  if (pages === 1) return '';
  const link = (to: number, name: string, rel: string) =>
    to < 1 || to > pages
      ? html`<span class="dim">${name}</span>`
      : html`<a href="/${filterQuery({ ...filter, page: to })}" rel="${rel}">${name}</a>`;
  return html`<nav class="pager" aria-label="Parts of the list">${link(page - 1, '← newer', 'prev')} <span>${page} of ${pages}</span> ${link(page + 1, 'older →', 'next')}</nav>`;
}
