/** Jepsen's log: `INFO  jepsen.util - 4 :invoke :cas [2 4]`, tabs or blanks between; other lines are left out. */
import { EdnReader } from './edn.ts';
import type { JepsenEntry } from './jepsen-entry.ts';

const linePattern = /jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:([^\s]+)\s*(.*)$/;

/** The entries of its clients, each with the number of its line. */
export function readJepsenLog(text: string): JepsenEntry[] {
  const entries: JepsenEntry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const match = linePattern.exec(line);
    if (match === null) continue;
    const [, process, type, f, value] = match;
    entries.push({
      process: Number(process),
      type: type as JepsenEntry['type'],
      f: f as string,
      value: new EdnReader(value as string).next() ?? null,
      line: index + 1,
    });
  }
  return entries;
}
