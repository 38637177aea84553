import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { JsonPart } from '../record/json-part.ts';
import { runFiles } from '../record/results-folder.ts';
import { readRunRecord } from '../record/run-record.ts';
import { UsageError } from '../usage-error.ts';
import { committedJson, readCommitted } from './committed-scenario.ts';
import { runScenario } from './run-in-simulation.ts';
import { loadScenario, parseScenario, type Scenario, scenarioJson } from './scenario.ts';
import { smallPlan } from './testing/small-plan.ts';

const scenario: Scenario = {
  plan: smallPlan(),
  worldSeed: 12,
  schedule: [
    { id: 'kill-1', nemesis: 'kill', variant: 'master', atMs: 500, durationMs: 800 },
    {
      id: 'partition-1',
      nemesis: 'partition',
      variant: 'half/drop',
      atMs: 2000,
      durationMs: 500,
      pinned: {
        kind: 'planned',
        variant: 'half/drop',
        targets: ['n2'],
        links: [['n2', 'n1']],
        nodes: [],
        amounts: { n2: -5 },
      },
    },
    {
      id: 'sequence-1',
      nemesis: 'sequence',
      variant: 'mixed',
      atMs: 2600,
      durationMs: 500,
      pinned: {
        kind: 'planned',
        variant: 'mixed',
        targets: ['n1', 'n2'],
        links: [['n2', 'n1']],
        nodes: ['n2'],
        steps: [
          { verb: 'cut', cut: 1, links: [['n2', 'n1']], flavour: 'hold', afterMs: 0 },
          { verb: 'kill', node: 'n2', afterMs: 491 },
          { verb: 'heal', cut: 1, afterMs: 30 },
        ],
      },
    },
  ],
  script: [
    { atMs: 100, process: 0, f: 'send', queueId: 0 },
    { atMs: 200.5, process: 1, f: 'pull', queueId: 0, back: 1 },
    { atMs: 2500, process: 0, f: 'max-offset', queueId: 0 },
  ],
};

describe('a scenario', () => {
  it('comes back from its JSON as it was', () => {
    assert.deepEqual(parseScenario(scenarioJson(scenario), 's'), scenario);
    const { script, worldSeed, ...drawn } = scenario;
    assert.deepEqual(parseScenario(scenarioJson({ ...drawn, schedule: [] }), 's'), {
      ...drawn,
      schedule: [],
    });
  });

  const changed = (change: (json: Record<string, never>) => void) => {
    const json = JSON.parse(scenarioJson(scenario));
    change(json);
    return () => parseScenario(JSON.stringify(json), 's');
  };
  type Loose = {
    plan: Record<string, unknown>;
    schedule: Record<string, unknown>[];
    [part: string]: unknown;
  };
  const refused: readonly (readonly [string, (json: Loose) => unknown, RegExp])[] = [
    [
      'another version',
      (json) => {
        json['version'] = 2;
      },
      /^s\.version: wanted version 1, got 2$/,
    ],
    [
      'no plan',
      (json) => delete (json as { plan?: unknown }).plan,
      /^s\.plan: wanted an object, got nothing$/,
    ],
    [
      'a text for a number',
      (json) => {
        json.plan['rate'] = 'x';
      },
      /^s\.plan\.rate: wanted a number, 0 or more, got "x"$/,
    ],
    [
      'a part nobody knows',
      (json) => {
        json.plan['speed'] = 1;
      },
      /^s\.plan\.speed: wanted one of the parts of a plan/,
    ],
    [
      'a bug that is none',
      (json) => {
        json.plan['bug'] = 'x';
      },
      /^s\.plan\.bug: wanted one of /,
    ],
    [
      'a nemesis that is none',
      (json) => {
        (json.schedule[0] ?? {})['nemesis'] = 'x';
      },
      /^s\.schedule\[0\]\.nemesis: wanted one of /,
    ],
    [
      'a variant of another nemesis',
      (json) => {
        (json.schedule[0] ?? {})['variant'] = 'half/drop';
      },
      /^s\.schedule\[0\]\.variant: wanted one of one, master/,
    ],
    [
      'a time before the load',
      (json) => {
        (json.schedule[1] ?? {})['atMs'] = -1;
      },
      /^s\.schedule\[1\]\.atMs: wanted a number, 0 or more, got -1$/,
    ],
    [
      'a process too many',
      (json) => {
        json['script'] = [{ ...scenario.script?.[0], process: 4 }];
      },
      /^s\.script\[0\]\.process: wanted less than 4/,
    ],
  ];
  for (const [what, change, message] of refused) {
    it(`is refused with ${what}`, () => {
      assert.throws(
        changed(change as never),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }

  it('is refused when it is no JSON', () => {
    assert.throws(() => parseScenario('{', 's'), /^UsageError: s: wanted JSON/);
  });

  it('that is committed says what it shows, and only with a bug', () => {
    const { plan } = scenario;
    const read = (json: string) => readCommitted(JsonPart.parse(json, 'c'));
    const mended = { story: 'A story.', scenario, shows: undefined };
    assert.deepEqual(read(committedJson(mended)), mended);
    const seeded = {
      story: 'A story.',
      scenario: { ...scenario, plan: { ...plan, bug: 'skip-truncation' as const } },
      shows: 'lost-ack-write' as const,
    };
    assert.deepEqual(read(committedJson(seeded)), seeded);
    assert.throws(
      () => read(committedJson({ ...seeded, shows: undefined })),
      /c\.shows: wanted the anomaly that/,
    );
    assert.throws(() => read(committedJson({ ...seeded, scenario })), /c\.shows: wanted nothing/);
  });

  it('decides the run: saved, read and run again it has the same digest', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
    try {
      const run = await runScenario(scenario);
      const files = runFiles(folder);
      await run.save(files);
      assert.equal(readRunRecord(files).digest, run.digest);
      const again = await runScenario(loadScenario(files.scenario));
      assert.equal(again.digest, run.digest);
      const otherLuck = await runScenario({ ...scenario, worldSeed: 13 });
      assert.notEqual(otherLuck.digest, run.digest);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('runs the operations of its script and the faults that are pinned, and no others', async () => {
    const { output } = await runScenario(scenario);
    const invoked = output.history.operations.filter(
      ({ type, process, f }) => type === 'invoke' && process >= 0 && !f.startsWith('replica'),
    );
    const load = invoked
      .slice(0, 3)
      .map(({ time, process, f, value }) => [Math.round(time / 1e6), process, f, value]);
    assert.deepEqual(load, [
      [100, 0, 'send', { queue: 'jepsen/0', message: '0-1' }],
      [201, 1, 'pull', { queue: 'jepsen/0', from: 0, tail: true }],
      [2500, 0, 'max-offset', { queue: 'jepsen/0' }],
    ]);
    const cut = output.faults.find(({ fault, phase }) => fault === 'partition-1' && phase === 'inject');
    assert.deepEqual(cut?.links, [['n2', 'n1']]);
    assert.equal(cut === undefined ? 0 : Math.round(cut.time / 1e7), 200);
  });
});
