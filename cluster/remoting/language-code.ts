/** Languages of senders: a name in JSON headers, this list's index in binary ones. */

const languages: readonly string[] = [
  'JAVA',
  'CPP',
  'DOTNET',
  'PYTHON',
  'DELPHI',
  'ERLANG',
  'RUBY',
  'OTHER',
  'HTTP',
  'GO',
  'PHP',
  'OMS',
  'RUST',
  'NODE_JS',
];

const otherCode = languages.indexOf('OTHER');

export function languageName(code: number): string {
  return languages[code] ?? 'OTHER';
}

/** A name that has no number travels as OTHER. */
export function languageCode(name: string): number {
  const code = languages.indexOf(name);
  return code === -1 ? otherCode : code;
}
