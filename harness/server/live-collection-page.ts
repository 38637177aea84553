/** The page that follows a campaign or a matrix; what moves in it is put there by page/live-collection.js. */
import { html, pageOf, pathInAddress } from './layout.ts';
import { kindOf, type RunSummary } from './run-summary.ts';
import { timeText } from './words.ts';

export function liveCollectionPage(summary: RunSummary): string {
  const { path, outcome, seed, startMs, type, world } = summary;
  const unit = type === 'matrix' ? 'runs' : 'seeds';
  const tile = (id: string, name: string) =>
    html`<div class="tile"><b id="${id}">–</b><span>${name}</span></div>`;
  const title = type === 'matrix' ? 'matrix' : `${kindOf(summary)}, a campaign`;
  return pageOf({
    title,
    here: '',
    scripts: ['live-collection'],
    main: html`<p class="crumbs"><a href="/">Runs</a> / <a href="/files/${pathInAddress(path)}/">${path}</a></p>
<h1><span class="badge ${outcome}" id="badge">${outcome}</span> <span>${title}</span> <span class="link" id="link" role="status">connecting</span></h1>
<ul class="facts"><li>began <b>${timeText(startMs)} UTC</b></li><li>world <b>${world}</b></li><li>first seed <b>${seed ?? '?'}</b></li></ul>
<div id="live" data-path="${pathInAddress(path)}" data-unit="${unit}">
<progress id="bar" max="1" value="0" aria-label="${unit} done"></progress>
<div id="ended" class="ended" role="status"> </div>
<div class="tiles">${tile('done', `${unit} done`)}${tile('elapsed', 'since the start')}${tile('left', 'to go, at this pace')}${tile('pace', `${unit} a minute`)}${tile('ok', 'operations ok')}${tile('acknowledged', 'sends acknowledged')}</div>
<section><h2>Verdicts</h2><ul class="chips" id="verdicts"></ul>
<div class="strip" id="lately" role="img" aria-label="Verdicts of the ${unit} that ended last, the newest at the right"></div></section>
<section><h2>Not valid, the first of them</h2><div class="across"><table><thead><tr><th>${type === 'matrix' ? 'run' : 'seed'}</th><th>verdict</th><th>why</th><th>run it again</th></tr></thead><tbody id="not-valid"></tbody></table></div></section>
</div>
<noscript><p class="problem">Following needs JavaScript; the files are <a href="/files/${pathInAddress(path)}/">here</a>.</p></noscript>`,
  });
}
