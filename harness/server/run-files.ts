/** Files and folders of runs, as they lie there. */
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { html, type Markup, pageOf } from './layout.ts';
import { fileHeaders, htmlType, ownHeaders } from './response-headers.ts';
import { placeBelow } from './safe-path.ts';
import { countText } from './words.ts';

/** More than these are not listed. */
const listedMax = 2000;

/** `names`: below the results folder; the last one is '' for a folder. False where there is nothing to send. */
export async function sendRunFile(
  response: ServerResponse,
  results: string,
  names: readonly string[],
): Promise<boolean> {
  const isFolderWanted = names.at(-1) === '' || names.length === 0;
  const wanted = isFolderWanted ? names.slice(0, -1) : names;
  const place = await placeBelow(results, wanted);
  if (place === undefined) return false;
  const facts = await stat(place);
  if (facts.isDirectory()) {
    const address = `/files/${[...wanted, ''].map(encodeURIComponent).join('/')}`;
    if (!isFolderWanted) redirect(response, address);
    else {
      response.writeHead(200, ownHeaders(htmlType));
      response.end(await folderPage(place, wanted));
    }
    return true;
  }
  if (!facts.isFile() || isFolderWanted) return false;
  await sendFile(response, place);
  return true;
}

async function sendFile(response: ServerResponse, place: string): Promise<void> {
  const file = await open(place, 'r');
  try {
    // As long as it is now: one that grows meanwhile is sent up to here.
    const { size } = await file.stat();
    response.writeHead(200, { ...fileHeaders(place), 'Content-Length': size });
    if (size === 0) response.end();
    else
      await pipeline(createReadStream('', { fd: file, autoClose: false, start: 0, end: size - 1 }), response);
  } finally {
    await file.close();
  }
}

export function redirect(response: ServerResponse, address: string): void {
  response.writeHead(302, { ...ownHeaders('text/plain; charset=utf-8'), Location: address });
  response.end(`${address}\n`);
}

async function folderPage(place: string, names: readonly string[]): Promise<string> {
  const entries = (await readdir(place, { withFileTypes: true })).sort((a, b) =>
    a.isDirectory() === b.isDirectory() ? (a.name < b.name ? -1 : 1) : a.isDirectory() ? -1 : 1,
  );
  const rows = await Promise.all(
    entries.slice(0, listedMax).map(async (entry): Promise<Markup> => {
      const slash = entry.isDirectory() ? '/' : '';
      const size = entry.isFile()
        ? await stat(join(place, entry.name)).then(
            (facts) => `${countText(facts.size)} bytes`,
            () => '',
          )
        : '';
      return html`<tr><td><a href="${encodeURIComponent(entry.name)}${slash}">${entry.name}${slash}</a></td><td class="number">${size}</td></tr>`;
    }),
  );
  const more = entries.length - rows.length;
  const crumbs = names.map(
    (name, at) => html` / <a href="${'../'.repeat(names.length - at - 1) || './'}">${name}</a>`,
  );
  return pageOf({
    title: names.at(-1) ?? 'Files',
    here: '',
    scripts: [],
    main: html`<p class="crumbs"><a href="/">Runs</a>${crumbs}</p><h1>${names.at(-1) ?? 'Files'}</h1>
<table class="files"><thead><tr><th>name</th><th class="number">size</th></tr></thead><tbody>${rows}</tbody></table>
${more > 0 ? html`<p class="dim">and ${countText(more)} more</p>` : ''}`,
  });
}
