/** Results with a story at each anomaly: what its operations saw, and what happened to the cluster meanwhile. */
import type { Anomaly, CheckResult } from '../../checkers/anomaly.ts';
import { ClusterStory } from '../../checkers/explanation/cluster-story.ts';
import { explainAnomaly } from '../../checkers/explanation/explain-anomaly.ts';
import type { Evidence } from './evidence.ts';

/** Those of a run in which nothing was found cost nothing. */
export function explainedResults(
  results: readonly CheckResult[],
  { trace, drawn }: Pick<Evidence, 'trace' | 'drawn'>,
  endNs: number,
): CheckResult[] {
  if (results.every(({ anomalies }) => anomalies.length === 0)) return [...results];
  const story = new ClusterStory(trace);
  const wanted = new Set(
    results.flatMap(({ anomalies }) => anomalies.flatMap(({ operations }) => operations)),
  );
  const facts = drawn.facts(wanted);
  const explained = (anomaly: Anomaly): Anomaly => {
    const operations = anomaly.operations
      .map((index) => facts.get(index))
      .filter((operation) => operation !== undefined);
    const text = explainAnomaly(anomaly, operations, story, endNs);
    return text === undefined ? anomaly : { ...anomaly, story: text };
  };
  return results.map((result) =>
    result.anomalies.length === 0 ? result : { ...result, anomalies: result.anomalies.map(explained) },
  );
}
