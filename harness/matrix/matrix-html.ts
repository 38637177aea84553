/** index.html of a matrix: what failed first, then the whole table at a glance, then how often each cell fails. One file, no network. */
import { pageHtml } from '../report/page-html.ts';
import { escapeHtml } from '../report/report-html.ts';
import { failureRateText } from './failure-rate.ts';
import {
  allRuns,
  type CellRecord,
  count,
  durationText,
  type MatrixRecord,
  type MatrixRun,
  namesByRow,
  rateOf,
  totalsOf,
  worstOf,
} from './matrix-record.ts';
import { type MatrixWorld, matrixWorlds } from './parse-matrix.ts';

const style = `
.valid{background:var(--valid)}.invalid{background:var(--invalid)}.unknown{background:var(--unknown)}.broke{background:var(--broke)}
h1{display:flex;gap:10px;align-items:center;margin-bottom:2px}
.lead{font-size:15px;color:var(--text);margin:2px 0}
.bar{display:flex;gap:2px;height:10px;margin:12px 0 4px;border-radius:5px;overflow:hidden}.bar i{display:block}
.fail{border:1px solid var(--line);border-left:4px solid var(--invalid);border-radius:6px;padding:8px 14px;margin:8px 0}
.fail.u{border-left-color:var(--unknown)}.fail.b{border-left-color:var(--broke)}
.fail p{margin:4px 0;color:var(--text);overflow-wrap:anywhere}.fail b{margin-right:8px}
code{background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:1px 6px;overflow-wrap:anywhere}
button{font-size:12px;color:var(--dim);background:none;border-radius:5px;cursor:pointer;padding:1px 8px;margin-left:6px}
.grid td,.grid th{padding:5px 10px}.grid td.w{width:22%}
.chip{display:inline-block;min-width:17px;text-align:center;border-radius:4px;color:var(--back);font-size:12px;font-weight:600;text-decoration:none;padding:1px 4px;margin:1px 2px 1px 0}
.none{color:var(--dim);font-size:12.5px}td.n,th.n{text-align:right}.bare{background:none!important;color:var(--dim)}
td .badge{white-space:nowrap}@media(max-width:720px){.wide{overflow-x:auto}.wide table{min-width:640px}}`;

const script = `
for(const button of document.querySelectorAll('button[data-copy]'))button.addEventListener('click',async()=>{
await navigator.clipboard?.writeText(button.dataset.copy);button.textContent='copied';setTimeout(()=>{button.textContent='copy'},1200)})`;

const marks = { valid: '✓', invalid: '✗', unknown: '?', broke: '!' } as const;

export function matrixHtml(record: MatrixRecord): string {
  const totals = totalsOf(record);
  const { verdict, sentence } = totals;
  const started = new Date(record.startWallMs).toISOString().slice(0, 16).replace('T', ' ');
  const worlds = matrixWorlds.filter((world) => record.cells.some((cell) => cell.world === world));
  return pageHtml(
    `${verdict}: all, ${started}`,
    [
      `<h1><span class="badge ${verdict}">${verdict}</span> All that was run</h1>`,
      `<p class="lead">${escapeHtml(sentence)}.</p>`,
      `<p>${started} UTC · ${escapeHtml(amounts(record))}${record.interrupted ? ' · stopped by hand' : ''}</p>`,
      bar(record),
      ...failures(record),
      '<h2>The table</h2>',
      grid(record, worlds),
      '<h2>How often each cell fails</h2>',
      '<p>Failures among the runs that came to a verdict, with the interval that holds the true rate in 95 % of cases (Wilson).</p>',
      rates(record),
      ...missing(record),
      `<p><code>${escapeHtml(record.command)}</code></p>`,
      `<p>${escapeHtml(
        Object.entries(record.versions)
          .map((pair) => pair.join(' '))
          .join(' · '),
      )}</p>`,
      `<script>${script}</script>`,
    ],
    style,
  );
}

function amounts(record: MatrixRecord): string {
  const runs = allRuns(record);
  const sum = (of: (run: MatrixRun) => number) =>
    runs.reduce((total, run) => total + of(run), 0).toLocaleString('en');
  return `${sum(({ ok }) => ok)} operations ok, ${sum(({ acknowledged }) => acknowledged)} sends acknowledged, ${sum(({ bites }) => bites)} faults that bit`;
}

function bar(record: MatrixRecord): string {
  const runs = allRuns(record);
  const parts = (['invalid', 'broke', 'unknown', 'valid'] as const)
    .map((verdict) => ({ verdict, number: count(runs, verdict) }))
    .filter(({ number }) => number > 0)
    .map(
      ({ verdict, number }) =>
        `<i class="${verdict}" style="flex:${number}" title="${number} ${verdict}"></i>`,
    );
  return parts.length === 0 ? '' : `<div class="bar">${parts.join('')}</div>`;
}

const rank = { invalid: 0, broke: 1, unknown: 2, valid: 3 } as const;

function failures(record: MatrixRecord): readonly string[] {
  const failed = record.cells
    .flatMap((cell) => cell.runs.map((run) => ({ cell, run })))
    .filter(({ run }) => run.verdict !== 'valid')
    .sort((a, b) => rank[a.run.verdict] - rank[b.run.verdict]);
  if (failed.length === 0) return [];
  return [
    `<h2>${failed.length === 1 ? 'One run is not valid' : `${failed.length} runs are not valid`}</h2>`,
    ...failed.map(({ cell, run }) => {
      const kind = run.verdict === 'unknown' ? ' u' : run.verdict === 'broke' ? ' b' : '';
      const report =
        run.folder === undefined
          ? ''
          : ` · <a href="${reportOf(run)}">report</a> · <a href="${hrefOf(run.folder)}/">files</a>`;
      return [
        `<div class="fail${kind}"><span class="badge ${run.verdict}">${run.verdict}</span> <b>${escapeHtml(cell.name)}</b>`,
        `<span class="none">seed ${run.seed} · ${run.timeLimitS} s of load${report}</span>`,
        `<p>${escapeHtml(run.why)}</p>`,
        `<code>${escapeHtml(run.command)}</code><button data-copy="${escapeHtml(run.command)}">copy</button></div>`,
      ].join('');
    }),
  ];
}

function grid({ cells }: MatrixRecord, worlds: readonly MatrixWorld[]): string {
  const rows = [...new Set(cells.map(({ row }) => row))].map((row) => {
    const inWorlds = worlds.map((world) => {
      const cell = cells.find((one) => one.row === row && one.world === world);
      return `<td class="w">${cell === undefined ? '<span class="none">cannot</span>' : gridCell(cell)}</td>`;
    });
    return `<tr><td>${escapeHtml(row)}</td>${inWorlds.join('')}</tr>`;
  });
  const heads = worlds.map((world) => `<th>${world}</th>`).join('');
  return `<div class="wide"><table class="grid"><thead><tr><th>workload and nemesis</th>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function gridCell(cell: CellRecord): string {
  const chips = cell.runs.map((run) => {
    const mark = `class="chip ${run.verdict}" title="${escapeHtml(`${run.verdict}, seed ${run.seed}`)}"`;
    return run.folder === undefined
      ? `<span ${mark}>${marks[run.verdict]}</span>`
      : `<a ${mark} href="${reportOf(run)}">${marks[run.verdict]}</a>`;
  });
  const rest = [
    ...(cell.skipped === undefined || cell.runs.length > 0 ? [] : ['skipped']),
    ...(cell.notRun === 0 ? [] : [cell.runs.length === 0 ? 'not run' : `${cell.notRun} not run`]),
  ];
  return `${chips.join('')}${rest.length === 0 ? '' : ` <span class="none">${rest.join(', ')}</span>`}`;
}

function rates({ cells }: MatrixRecord): string {
  const heads = ['cell', 'worst', 'failures (95 %)', 'operations ok', 'faults', 'longest pause', 'time'];
  const rows = cells
    .filter(({ runs }) => runs.length > 0)
    .sort((a, b) => rank[worstOf(a.runs)] - rank[worstOf(b.runs)])
    .map((cell) => {
      const { runs } = cell;
      const sum = (of: (run: MatrixRun) => number) => runs.reduce((total, run) => total + of(run), 0);
      const pauseMs = Math.max(...runs.map(({ longestPauseMs }) => longestPauseMs));
      const worst = worstOf(runs);
      const numbers = [
        failureRateText(rateOf(cell)),
        sum(({ ok }) => ok).toLocaleString('en'),
        String(sum(({ bites }) => bites)),
        pauseMs === 0 ? '' : `${(pauseMs / 1000).toFixed(1)} s`,
        durationText(sum(({ seconds }) => seconds)),
      ];
      return `<tr><td>${escapeHtml(cell.name)}</td><td><span class="badge ${worst}">${worst}</span></td>${numbers.map((text) => `<td class="n">${text}</td>`).join('')}</tr>`;
    });
  const head = heads.map((text, at) => `<th${at > 1 ? ' class="n"' : ''}>${text}</th>`).join('');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function missing({ cells, interrupted }: MatrixRecord): readonly string[] {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [`<h2>${title}</h2><ul>`, ...lines.map((line) => `<li>${escapeHtml(line)}</li>`), '</ul>'];
  const reasons = new Set(cells.flatMap(({ skipped }) => skipped ?? []));
  const late = cells.filter(({ notRun, skipped }) => notRun > 0 && skipped === undefined);
  return [
    ...list(
      'Skipped',
      [...reasons].map(
        (reason) => `${namesByRow(cells.filter(({ skipped }) => skipped === reason)).join(', ')}: ${reason}`,
      ),
    ),
    ...list(interrupted ? 'Not run, since it was stopped' : 'Not run for want of time', namesByRow(late)),
  ];
}

function reportOf({ folder = '' }: MatrixRun): string {
  return `${hrefOf(folder)}/report.html`;
}

function hrefOf(folder: string): string {
  return escapeHtml(encodeURI(folder));
}
