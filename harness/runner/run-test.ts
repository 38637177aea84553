/** One run kept in files: start, load and faults, heal, final reads, stop, judge, report. */
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { makeRunFolder, pointLatest, type RunFiles } from '../record/results-folder.ts';
import { type RunPlan, runKind } from '../record/run-plan.ts';
import { writeRunRecord } from '../record/run-record.ts';
import { FollowedRun } from './followed-run.ts';
import { type Judgement, judge } from './judge.ts';
import { OutputFiles } from './output-files.ts';
import { longestRunMs, Run, type RunWorld } from './run.ts';
import { writeReport } from './write-report.ts';

export interface RunOutcome {
  readonly files: RunFiles;
  readonly judgement: Judgement;
}

/** Rejects where the harness itself could not do its work; what the cluster did wrong is in the judgement. */
export async function runTest(
  plan: RunPlan,
  world: RunWorld & { readonly resultsFolder: string },
): Promise<RunOutcome> {
  const files = makeRunFolder(world.resultsFolder, runKind(plan), osClock.wallMs(), plan.seed);
  const listener = new FollowedRun(world.listener, osClock);
  listener.planned(plan, files);
  try {
    const judgement = await runAndJudge(plan, { ...world, listener }, files);
    listener.judged();
    return { files, judgement };
  } catch (error) {
    listener.broke(error);
    throw error;
  }
}

async function runAndJudge(
  plan: RunPlan,
  world: RunWorld & { readonly resultsFolder: string },
  files: RunFiles,
): Promise<Judgement> {
  const output = new OutputFiles(files);
  const run = new Run(plan, world, output);
  const close = () => world.deployment.drive(run.close(), longestRunMs(plan));
  try {
    writeRunRecord(files, await world.deployment.drive(run.execute(), longestRunMs(plan)));
  } catch (error) {
    // What went wrong first is what people want to know.
    await close().catch((besides: unknown) => world.listener.note(`besides: ${String(besides)}`));
    throw error;
  }
  await close();
  world.listener.phase('judging', '');
  const judgement = judge(files, () => osClock.monotonicMs());
  writeReport(files, judgement);
  if (judgement.verdict === 'valid' && !plan.keep) output.forgetData();
  pointLatest(world.resultsFolder, files.folder);
  return judgement;
}
