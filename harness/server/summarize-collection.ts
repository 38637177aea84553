/** From campaign.json, bugs.json and all.json to one row. */
import { type JsonRecord, listOf, numberOf, recordOf, textOf, textsOf } from './json-value.ts';
import type { Figures, Outcome } from './run-summary.ts';
import { outcomeOf, type RunFacts } from './summarize-run.ts';
import { isUnderWay, type Surroundings } from './under-way.ts';

const nothing = { seed: undefined, workload: '', bug: '', figures: undefined, gaps: {}, settings: {} };

export function summarizeCampaign(record: JsonRecord): RunFacts {
  const { valid, invalid, unknown } = recordOf(record['verdicts']);
  const nemeses = Object.keys(recordOf(record['faults'])).sort();
  const findings = listOf(record['notValid']).flatMap((seed) => listOf(recordOf(seed)['findings']));
  const anomalies = findings.flatMap((finding) => textsOf(recordOf(finding)['anomalies']));
  const outcome = outcomeOf(record['verdict']);
  const early = textOf(record['endedEarly']);
  const shortcomings = textsOf(record['shortcomings']);
  const parts = [
    `${numberOf(record['seedsDone']) ?? 0} seeds: ${valid ?? 0} valid, ${invalid ?? 0} invalid, ${unknown ?? 0} unknown`,
    ...(early === '' ? [] : [early]),
    ...(outcome === 'unknown' && shortcomings.length > 0
      ? [`too little was tried: ${shortcomings.join(', ')}`]
      : []),
  ];
  return {
    ...nothing,
    outcome,
    seconds: numberOf(record['realSeconds']),
    seed: numberOf(record['firstSeed']),
    ...{ workload: 'log', nemeses: [...nemeses], world: 'sim' },
    anomalies: [...new Set(anomalies)].sort(),
    why: parts.join('; '),
    figures: figuresOf(record),
  };
}

/** Of a campaign or a matrix that goes on, or that ended without its record; from progress.json. */
export function summarizeProgress(progress: JsonRecord, surroundings: Surroundings): RunFacts {
  const isMatrix = progress['collection'] === 'matrix';
  const verdicts = recordOf(progress['verdicts']);
  const counts = ['valid', 'invalid', 'unknown', 'broke']
    .filter((name) => (numberOf(verdicts[name]) ?? 0) > 0)
    .map((name) => `${verdicts[name]} ${name}`);
  const far = `${numberOf(progress['done']) ?? 0} of ${numberOf(progress['wanted']) ?? '?'} ${isMatrix ? 'runs' : 'seeds'}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
  const goesOn = isUnderWay(progress, surroundings);
  const broke = textOf(progress['broke']).split('\n')[0] ?? '';
  const anomalies = listOf(progress['notValid']).flatMap((run) => textsOf(recordOf(run)['anomalies']));
  return {
    ...nothing,
    outcome: goesOn ? 'running' : 'broke',
    seconds: undefined,
    seed: numberOf(progress['firstSeed']),
    ...{ workload: 'log', nemeses: [], world: textOf(progress['world']) },
    anomalies: [...new Set(anomalies)].sort(),
    why: goesOn ? far : `${broke === '' ? 'the harness was stopped' : `broke: ${broke}`}, after ${far}`,
  };
}

/** Per second of virtual time. */
function figuresOf(record: JsonRecord): Figures | undefined {
  const [ok, acknowledged, seconds] = ['ok', 'acknowledged', 'virtualSeconds'].map((name) =>
    numberOf(record[name]),
  );
  if (ok === undefined || acknowledged === undefined || seconds === undefined || seconds <= 0)
    return undefined;
  return { seconds, ok, acknowledged, okPerS: ok / seconds, acknowledgedPerS: acknowledged / seconds };
}

export function summarizeBugs(record: JsonRecord): RunFacts {
  const bugs = listOf(record['bugs']).map(recordOf);
  const founds = bugs.map((bug) =>
    listOf(bug['searches'])
      .map((search) => recordOf(search)['found'])
      .filter((found) => found !== undefined && found !== null)
      .map(recordOf),
  );
  const found = founds.filter((one) => one.length > 0).length;
  const [only, ...others] = bugs.map((bug) => textOf(recordOf(bug['row'])['name']));
  const controls = founds.flat().flatMap((one) => textsOf(recordOf(one['control'])['anomalies']));
  return {
    ...nothing,
    outcome: outcomeOf(record['verdict']),
    seconds: numberOf(record['realSeconds']),
    ...{ workload: 'log', nemeses: [], world: textOf(record['world']) },
    bug: others.length === 0 ? (only ?? '') : '',
    anomalies: [...new Set(controls)].sort(),
    why: `${found} of ${bugs.length} seeded bugs found${record['interrupted'] === true ? '; stopped by hand' : ''}`,
  };
}

const worstFirst = ['invalid', 'broke', 'unknown'] as const;

export function summarizeMatrix(record: JsonRecord): RunFacts {
  const cells = listOf(record['cells']).map(recordOf);
  const runs = cells.flatMap((cell) => listOf(cell['runs']).map(recordOf));
  const count = (verdict: string) => runs.filter((run) => run['verdict'] === verdict).length;
  const outcome: Outcome =
    worstFirst.find((verdict) => count(verdict) > 0) ?? (runs.length === 0 ? 'unknown' : 'valid');
  const verdicts = [...worstFirst, 'valid' as const].filter((verdict) => count(verdict) > 0);
  const counts = verdicts.map((verdict) => `${count(verdict)} ${verdict}`);
  const worlds = [...new Set(cells.map((cell) => textOf(cell['world'])))].filter((world) => world !== '');
  return {
    ...nothing,
    outcome,
    seconds: numberOf(record['seconds']),
    ...{ workload: 'log', nemeses: [], world: worlds.join(', ') },
    anomalies: [...new Set(runs.flatMap((run) => textsOf(run['anomalies'])))].sort(),
    why: `${runs.length} runs of ${cells.length} cells${counts.length === 0 ? '' : `: ${counts.join(', ')}`}${record['interrupted'] === true ? '; stopped by hand' : ''}`,
  };
}
