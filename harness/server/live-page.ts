/** The page that follows one run; what moves in it is put there by page/live.js. */
import { html, type Markup, pageOf, pathInAddress } from './layout.ts';
import { runPhases } from './live-state.ts';
import { kindOf, type RunSummary } from './run-summary.ts';
import { timeText } from './words.ts';

export function livePage(run: RunSummary): string {
  const { path, outcome, world, workload, nemeses, bug, seed, startMs, settings } = run;
  const fact = (name: string, value: string) => (value === '' ? '' : html`<li>${name} <b>${value}</b></li>`);
  const tile = (id: string, name: string) =>
    html`<div class="tile"><b id="${id}">–</b><span>${name}</span></div>`;
  return pageOf({
    title: kindOf(run),
    here: '',
    scripts: ['live'],
    plots: true,
    main: html`<p class="crumbs"><a href="/">Runs</a> / <a href="/files/${pathInAddress(path)}/">${path}</a></p>
<h1><span class="badge ${outcome}" id="badge">${outcome}</span> <span id="title">${kindOf(run)}, seed ${seed ?? '?'}</span> <span class="link" id="link" role="status">connecting</span></h1>
<ul class="facts">${fact('began', `${timeText(startMs)} UTC`)}${fact('world', world)}${fact('workload', workload)}${fact('nemeses', nemeses.join(', ') || 'none')}${fact('seeded bug', bug)}${Object.entries(settings).map(([name, value]) => fact(name, value))}</ul>
<div id="live" data-path="${pathInAddress(path)}">
<ol class="phases" id="phases" aria-label="Phases">${runPhases.map((name) => html`<li data-phase="${name}">${name}</li>`)}</ol>
<progress id="bar" max="1" value="0" aria-label="Load"></progress>
<div id="ended" class="ended" role="status"> </div>
<div class="tiles">${tile('elapsed', 'since the start')}${tile('ok-now', 'ok/s, last 3 s')}${tile('ok-all', 'ok/s so far')}${tile('send-all', 'SEND_OK/s so far')}${tile('p50', 'send, median')}${tile('p99', 'send, 99 %')}${tile('counts', 'ok · info · fail')}</div>
${cluster(run)}
<section><h2>Operations per second</h2>${plotRoom('rates', 'Operations per second over the time of the run')}</section>
<section><h2>Latency of acknowledged sends</h2>${plotRoom('latencies', 'Latency of acknowledged sends over the time of the run, logarithmic')}</section>
<section><h2>Faults</h2><div class="across"><table><thead><tr><th>fault</th><th>variant</th><th>aimed at</th><th class="number">from</th><th class="number">to</th><th>proof</th></tr></thead><tbody id="faults"></tbody></table></div></section>
<section><h2>Last words of the harness</h2><pre id="notes"> </pre></section>
</div>
<noscript><p class="problem">Following a run needs JavaScript; its files are <a href="/files/${pathInAddress(path)}/">here</a>.</p></noscript>`,
  });
}

/** Cards that wait for what is known of their nodes, so that nothing moves when it comes. */
function cluster({ outcome, settings }: RunSummary): Markup {
  const hidden = outcome === 'running' ? '' : html` hidden`;
  const count = Math.min(40, Number(settings['nodes'] ?? 0) + Number(settings['controllers'] ?? 0));
  const cards = Array.from({ length: count }, () => html`<div class="node"></div>`);
  return html`<section id="cluster"${hidden}><h2>Nodes</h2><div class="nodes" id="nodes">${cards}</div></section>`;
}

/** Has its height before anything is drawn in it. */
export function plotRoom(id: string, label: string): Markup {
  return html`<div class="plot" id="${id}"><div class="legend"></div><div class="room" tabindex="0" role="img" aria-label="${label}. Arrow keys move the mark."></div></div>`;
}
