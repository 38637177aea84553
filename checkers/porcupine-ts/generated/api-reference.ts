/** The reference of the package, API.md, from the doc comments of what it exports: the compiler writes declarations, this puts them in order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What people import, in the order in which they need it. The rest is there for these. */
export const publicModules: readonly string[] = [
  'check',
  'check-options',
  'verdict',
  'check-async',
  'operation',
  'model',
  ...['register', 'kv', 'multi-register', 'set', 'queue', 'mutex', 'counter', 'offset-log'].map(
    (name) => `models/${name}`,
  ),
  'models/nondeterministic',
  'models/ready-models',
  'smallest-core',
  'history/invalid-history-error',
  'formats/read-history',
  'formats/jsonl',
  'formats/jepsen-edn',
  'formats/jepsen-log',
  'formats/jepsen-entry',
  'formats/jepsen-history',
  'formats/edn',
  'visualizer/visualize',
  'visualizer/annotation',
  'visualizer/component/lanes',
  'visualizer/page-source',
];

export interface Declaration {
  readonly name: string;
  /** As sentences; empty where there are none. */
  readonly doc: string;
  readonly code: string;
}

/** `declarations`: the folder into which the compiler wrote; `sources`: that of the package. */
export function apiReference(declarations: string, sources: string): string {
  const lines = [
    '# API reference',
    '',
    'Written from the doc comments by `npm run generate`. Times are in whatever unit a history has; everything that ends in `Ms` is in milliseconds, in `Bytes` or',
    '`bytesMax` in bytes. Positions count from 0, in the list as it was given.',
  ];
  for (const name of publicModules) {
    lines.push('', `## ${importName(name)}`, '', ...paragraph(headOf(sources, name)));
    for (const { code, doc, name: own } of declarationsOf(declarations, sources, name))
      lines.push(`### ${own}`, '', ...paragraph(doc), '```ts', code, '```', '');
    if (lines.at(-1) === '') lines.pop();
  }
  return `${lines.join('\n')}\n`;
}

/** What a module exports, as the compiler declares it. */
export function declarationsOf(declarations: string, sources: string, module: string): Declaration[] {
  const text = readFileSync(join(declarations, `${module}.d.ts`), 'utf8');
  const typedefs = isScript(module)
    ? typedefsOf(readFileSync(join(sources, `${module}.js`), 'utf8'))
    : new Map<string, string>();
  const found: Declaration[] = [];
  // Statements begin in the first column, and so do their comments.
  const statement =
    /^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export ((?:(?!^(?:export |\/\*\*|import |\/\/#))[^\n]*\n)+)/gm;
  for (const [, comment = '', body = ''] of text.matchAll(statement)) {
    const code = body.replace(/^declare /, '').trimEnd();
    const name = /^(?:abstract )?(?:function|class|interface|type|const)\s+(\w+)/.exec(code)?.[1];
    if (name !== undefined)
      found.push({ name, doc: typedefs.get(name) ?? plain(comment), code: compact(code) });
  }
  return found;
}

/** Browser modules are scripts whose types stand in their comments. */
function isScript(module: string): boolean {
  return module.startsWith('visualizer/component/');
}

/** What stands before each `@typedef`: the compiler leaves that out. */
function typedefsOf(script: string): Map<string, string> {
  const typedef = /^\/\*\*\n((?: \* [^@\n][^\n]*\n)+) \* @typedef \{.*\} (\w+)$/gm;
  return new Map([...script.matchAll(typedef)].map(([, doc = '', name = '']) => [name, plain(doc)]));
}

function importName(module: string): string {
  return module === 'check' ? '`porcupine-ts`' : `\`porcupine-ts/${module}\``;
}

/** The comment with which a file begins, unless it belongs to its first statement. */
function headOf(sources: string, module: string): string {
  const text = readFileSync(join(sources, `${module}${isScript(module) ? '.js' : '.ts'}`), 'utf8');
  const [, comment = '', next = ''] = /^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*(\S+)/.exec(text) ?? [];
  return next === 'export' ? '' : plain(comment);
}

function plain(comment: string): string {
  return comment
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .replace(/^ *\* ?/gm, '')
    .replace(/^@param .*$/gm, '')
    .split(/\n\s*\n/)
    .map((part) => part.trim().replace(/\s*\n\s*/g, ' '))
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Comments of one sentence take one line. */
function compact(code: string): string {
  return code
    .replace(/\/\*\*\n\s*\* ([^\n]*)\n\s*\*\//g, '/** $1 */')
    .replace(/^( {4})+/gm, (indent) => '  '.repeat(indent.length / 4));
}

function paragraph(text: string): string[] {
  return text === '' ? [] : [text, ''];
}
