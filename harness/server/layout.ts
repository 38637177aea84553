/** What all pages have: head, way around, style and script of their own. Markup is made of strings; every value goes through `html`. */
import { escapeHtml } from '../report/report-html.ts';

/** Text that is markup already. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | undefined | readonly Part[];

/** Values are escaped, Markup stands as it is, lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, at) => text + (at < parts.length ? textOf(parts[at]) : '')).join(''));
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return escapeHtml(String(part)).replaceAll("'", '&#39;');
}

export interface Page {
  readonly title: string;
  /** Which of the ways around is here. */
  readonly here: 'runs' | 'trends' | '';
  /** Modules of harness/server/page, without '.js'. */
  readonly scripts: readonly string[];
  readonly plots?: boolean;
  readonly main: Markup;
}

export function pageOf({ title, here, scripts, plots = false, main }: Page): string {
  const way = (name: string, address: string) =>
    html`<a href="${address}"${new Markup(here === name.toLowerCase() ? ' aria-current="page"' : '')}>${name}</a>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · rocketmq-jepsen</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${plots ? html`<link rel="stylesheet" href="/assets/uplot.css">\n` : ''}<link rel="stylesheet" href="/assets/style.css">
${plots ? html`<script src="/assets/uplot.js" defer></script>\n` : ''}${scripts.map((name) => html`<script type="module" src="/assets/${name}.js"></script>\n`)}</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><nav aria-label="Pages"><b>rocketmq-jepsen</b>${way('Runs', '/')}${way('Trends', '/trends')}</nav></header>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`.text;
}

/** 'kind/run' within an address. */
export function pathInAddress(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
