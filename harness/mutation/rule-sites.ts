/** The conditions of a compiled file: each `if` is a rule, and what becomes of the file when the rule is removed. Pure. */

export interface RuleSite {
  /** The text between the parentheses. */
  readonly condition: string;
  /** Where the condition begins and ends. */
  readonly from: number;
  readonly to: number;
  /** The name of the nearest function above. */
  readonly inside: string;
}

/** The file with this rule never in force. */
export function withoutRule(source: string, { from, to }: RuleSite): string {
  return `${source.slice(0, from)}false && (${source.slice(from, to)})${source.slice(to)}`;
}

export function ruleSites(source: string): RuleSite[] {
  const code = blanked(source);
  const sites: RuleSite[] = [];
  for (const found of code.matchAll(/\bif \(/g)) {
    const from = found.index + found[0].length;
    let depth = 1;
    let to = from;
    for (; depth > 0 && to < code.length; to += 1) {
      if (code[to] === '(') depth += 1;
      if (code[to] === ')') depth -= 1;
    }
    const condition = source.slice(from, to - 1).replaceAll(/\s+/g, ' ');
    sites.push({ condition, from, to: to - 1, inside: functionAbove(code, found.index) });
  }
  return sites;
}

function functionAbove(code: string, at: number): string {
  const named = /(?:function\*? (\w+)|^ {4}(?:static |async )?\*?(#?\w+)\()/gm;
  let name = '';
  for (const found of code.slice(0, at).matchAll(named)) name = found[1] ?? found[2] ?? name;
  return name;
}

/** The same length, with spaces in place of comments, strings and regular expressions: their parentheses count for nothing. */
export function blanked(source: string): string {
  const literals =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|(?<=[(,=:[!&|?{};\n]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
  const plain = source.replaceAll(literals, (text) => text.replaceAll(/[^\n]/g, ' '));
  // Of template strings only the text: what stands within ${} is code, but no rule stands there.
  return plain.replaceAll(/`(?:[^`\\]|\\.)*`/g, (text) => text.replaceAll(/[^\n]/g, ' '));
}
