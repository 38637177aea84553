/** The form of the filters: of the list, and of the trends. */
import { html, type Markup } from './layout.ts';
import { namesOf, type RunFilter } from './run-filter.ts';
import { type RunSummary, summaryTypes } from './run-summary.ts';

/** `rows`: all there are; what they have can be chosen. `action`: the page. */
export function filterForm(rows: readonly RunSummary[], filter: RunFilter, action: string): Markup {
  const values = (of: (row: RunSummary) => readonly string[]) =>
    [...new Set(rows.flatMap(of))].filter((value) => value !== '').sort();
  const select = (name: string, label: string, options: readonly string[], value: string) => html`
<label>${label}<select name="${name}"><option value="">any</option>${[
    ...new Set([...options, ...(value === '' ? [] : [value])]),
  ].map((option) =>
    option === value ? html`<option selected>${option}</option>` : html`<option>${option}</option>`,
  )}</select></label>`;
  const bugs = values(({ bug }) => [bug]);
  return html`<form id="filter" action="${action}" class="filter" role="search">
<label class="wide">Words<input type="search" name="q" value="${filter.text}" placeholder="anomaly, seed, kind, evidence" autocomplete="off"></label>
${select(
  'workload',
  'Workload',
  values(({ workload }) => [workload]),
  filter.workload,
)}${select(
  'nemesis',
  'Nemesis',
  values(({ nemeses }) => namesOf(nemeses)),
  filter.nemesis,
)}${select(
  'world',
  'World',
  values(({ world }) => world.split(', ')),
  filter.world,
)}${select('bug', 'Bug', bugs.length === 0 ? [] : ['none', ...bugs], filter.bug)}${select(
  'type',
  'Type',
  summaryTypes.filter((type) => rows.some((row) => row.type === type)),
  filter.type,
)}
<label>From<input type="date" name="from" value="${filter.from}"></label>
<label>To<input type="date" name="to" value="${filter.to}"></label>
${filter.outcomes.length === 0 ? '' : html`<input type="hidden" name="verdict" value="${filter.outcomes.join(',')}">`}
${filter.sort === 'started' && filter.descending ? '' : html`<input type="hidden" name="sort" value="${filter.descending ? '-' : ''}${filter.sort}">`}
<button class="apply">Apply</button> <a class="clear" href="${action}">Clear</a>
</form>`;
}
