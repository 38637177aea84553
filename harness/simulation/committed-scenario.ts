/** A failure kept for ever: a scenario with what it must show, in harness/simulation/scenarios/NAME.json. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AnomalyName, anomalyNames } from '../../checkers/anomaly.ts';
import { projectRoot } from '../project-root.ts';
import { JsonPart } from '../record/json-part.ts';
import { UsageError } from '../usage-error.ts';
import { readScenario, type Scenario, scenarioJson } from './scenario.ts';

export interface CommittedScenario {
  readonly name: string;
  /** One sentence for people. */
  readonly story: string;
  readonly scenario: Scenario;
  /**
   * Of a scenario of a seeded bug: with the bug this anomaly is found, and without it nothing. Undefined: a failure that was mended, so
   * nothing may be found.
   */
  readonly shows: AnomalyName | undefined;
}

const folder = new URL('harness/simulation/scenarios/', projectRoot());

export function committedScenarios(): CommittedScenario[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const part = JsonPart.parse(readFileSync(new URL(file, folder), 'utf8'), `scenarios/${file}`);
    return { name: file.slice(0, -'.json'.length), ...readCommitted(part) };
  });
}

export function readCommitted(part: JsonPart): Omit<CommittedScenario, 'name'> {
  const scenario = readScenario(part.at('scenario'));
  const shows = part.at('shows').optional((one) => one.oneOf(anomalyNames));
  if (shows !== undefined && scenario.plan.bug === undefined)
    part.at('shows').refuse('nothing, since the plan has no bug: a mended failure must be valid');
  if (shows === undefined && scenario.plan.bug !== undefined)
    part.at('shows').refuse(`the anomaly that ${scenario.plan.bug} shows`);
  return { story: part.at('story').text(), scenario, shows };
}

export function committedJson({ story, shows, scenario }: Omit<CommittedScenario, 'name'>): string {
  const parts = [
    `"story": ${JSON.stringify(story)}`,
    ...(shows === undefined ? [] : [`"shows": ${JSON.stringify(shows)}`]),
    `"scenario": ${scenarioJson(scenario).trimEnd()}`,
  ];
  return `{\n${parts.join(',\n')}\n}\n`;
}

/** Returns where it was written. */
export function commitScenario(committed: CommittedScenario): string {
  const { name } = committed;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new UsageError(`--as-test: wanted small letters, digits and dashes, got "${name}"`);
  const file = new URL(`${name}.json`, folder);
  if (existsSync(file))
    throw new UsageError(`--as-test: there is a scenario ${name} already; choose another name, or remove it`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, committedJson(committed));
  return `harness/simulation/scenarios/${name}.json`;
}
