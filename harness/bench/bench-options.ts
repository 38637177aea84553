/** What `npm run bench` was asked for. */

export const sectionNames = [
  'throughput',
  'latency',
  'memory',
  'restart',
  'failover',
  'simulation',
  'judging',
  'report',
] as const;
export type SectionName = (typeof sectionNames)[number];

export interface BenchOptions {
  readonly sections: ReadonlySet<SectionName>;
  /** Of throughput, one of each side. */
  readonly rounds: number;
  /** Measured ones of each round, behind the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly inFlight: number;
  /** Of memory and restart: stored before anything is measured. */
  readonly messages: number;
  /** Of failover: of each kind of fault. Of simulation: seeds measured. */
  readonly trials: number;
  /** Of failover: which kinds, by a part of their names; '' is all. */
  readonly faults: string;
  readonly results: string;
}

export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

const numbers = {
  '--rounds': 5,
  '--seconds': 5,
  '--warm-up': 3,
  '--in-flight': 1024,
  '--messages': 1_000_000,
  '--trials': 10,
};
const texts = { '--results': 'results', '--faults': '' };

export const benchUsage = `npm run bench -- [SECTION...] [--rounds N] [--seconds S] [--warm-up S] [--in-flight N]
                    [--messages N] [--trials N] [--faults PART-OF-NAME] [--results FOLDER]
sections: ${sectionNames.join(', ')}; all when none is named`;

/** Throws BenchUsageError. */
export function parseBenchOptions(argv: readonly string[]): BenchOptions {
  const sections = new Set<SectionName>();
  const counts: Record<string, number> = { ...numbers };
  const words: Record<string, string> = { ...texts };
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word in counts) counts[word] = numberOf(word, argv[++at]);
    else if (word in words) words[word] = textOf(word, argv[++at]);
    else sections.add(sectionOf(word));
  }
  return {
    sections: sections.size === 0 ? new Set(sectionNames) : sections,
    rounds: counts['--rounds'] ?? 0,
    seconds: counts['--seconds'] ?? 0,
    warmUpSeconds: counts['--warm-up'] ?? 0,
    inFlight: counts['--in-flight'] ?? 0,
    messages: counts['--messages'] ?? 0,
    trials: counts['--trials'] ?? 0,
    faults: words['--faults'] ?? '',
    results: words['--results'] ?? '',
  };
}

function sectionOf(word: string): SectionName {
  const found = sectionNames.find((name) => name === word);
  if (found === undefined) throw new BenchUsageError(`no section or option "${word}"\n${benchUsage}`);
  return found;
}

function numberOf(option: string, text: string | undefined): number {
  const number = Number(text);
  if (text === undefined || !(number > 0)) {
    throw new BenchUsageError(`${option}: wanted a number above 0, got "${text ?? ''}"\n${benchUsage}`);
  }
  return number;
}

function textOf(option: string, text: string | undefined): string {
  if (text === undefined || text === '' || text.startsWith('--')) {
    throw new BenchUsageError(`${option}: wanted a value, got "${text ?? ''}"\n${benchUsage}`);
  }
  return text;
}
