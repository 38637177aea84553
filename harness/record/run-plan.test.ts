import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseArguments } from '../cli/parse-options.ts';
import { runPlanFromOptions } from '../cli/run-plan-from-options.ts';
import { guarantees, type RunPlan, replayCommand, runKind } from './run-plan.ts';

/** As the command line makes it, on a world that decides for processes. */
function planOf(...argv: readonly string[]): RunPlan {
  const { values } = parseArguments(argv);
  return runPlanFromOptions(values, Number(values.get('seed') ?? 7), 'process');
}

const words = (plan: RunPlan) => replayCommand(plan).split(' ').slice(4);

describe('the replay command', () => {
  it('leaves out what is usual', () => {
    assert.equal(replayCommand(planOf()), 'npm run jepsen -- --deployment process --seed 7');
  });

  const commands = [
    '--nemesis partition',
    '--nemesis kill,pause --time-limit 90 --quiet-start 2.5 --recovery-time 20 --nemesis-interval 9',
    '--rate 500 --concurrency 8 --queues 2 --nodes 5 --controllers 1 --flush async --min-in-sync-replicas 1',
    '--nemesis all-random --expect-loss',
    '--nemesis restart-order:brokers,partition:half',
    '--nemesis kill --bug ack-before-replication --toxiproxy binary --seed 4294967295',
  ];
  for (const command of commands) {
    it(`gives the same plan again: ${command}`, () => {
      const plan = planOf(...command.split(' '));
      assert.deepEqual(planOf(...words(plan)), plan);
    });
  }
});

describe('the limits of a node', () => {
  const planIn = (deployment: string, ...argv: readonly string[]) =>
    runPlanFromOptions(parseArguments(argv).values, 7, deployment);

  it('are part of the plan and of its replay', () => {
    const plan = planIn('docker', '--memory', '512', '--cpus', '0.5');
    assert.deepEqual([plan.memoryMiB, plan.cpus], [512, 0.5]);
    assert.deepEqual(planIn('docker', ...words(plan)), { ...plan });
  });

  it('are for containers only', () => {
    assert.throws(
      () => planIn('process', '--memory', '512'),
      /^UsageError: --memory: only containers .* wanted --deployment docker, got process$/,
    );
    assert.throws(() => planIn('sim', '--cpus', '1'), /^UsageError: --cpus: /);
  });
});

describe('the kind of a run', () => {
  it('is workload, nemeses and bug', () => {
    assert.equal(runKind(planOf()), 'log-none');
    assert.equal(runKind(planOf('--nemesis', 'partition,kill')), 'log-partition+kill');
    assert.equal(runKind(planOf('--nemesis', 'partition:half/drop')), 'log-partition-half-drop');
    assert.equal(
      runKind(planOf('--nemesis', 'kill', '--bug', 'skip-truncation')),
      'log-kill-bug-skip-truncation',
    );
  });
});

describe('the guarantees of a run', () => {
  it('follow from its settings', () => {
    assert.match(
      guarantees(planOf())[0] ?? '',
      /^G1 .* on 2 or more replicas before SEND_OK \(power cuts included\)$/,
    );
    assert.match(
      guarantees(planOf('--flush', 'async', '--min-in-sync-replicas', '1'))[0] ?? '',
      /on 1 or more .*death of processes only/,
    );
  });
});
