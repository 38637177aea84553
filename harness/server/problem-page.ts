/** An answer that says what was wanted, what came and what to do. */
import { html, pageOf } from './layout.ts';

export function problemPage(title: string, sentence: string): string {
  return pageOf({
    title,
    here: '',
    scripts: [],
    main: html`<h1>${title}</h1><p class="problem">${sentence}</p><p><a href="/">All runs</a></p>`,
  });
}
