import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UsageError } from '../usage-error.ts';
import { type OptionRow, optionsTable } from './options-table.ts';
import { parseArguments } from './parse-options.ts';
import { runPlanFromOptions } from './run-plan-from-options.ts';

const rows: readonly OptionRow[] = optionsTable;

function complaint(...argv: readonly string[]): string {
  try {
    runPlanFromOptions(parseArguments(argv).values, 1, 'process');
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.exitCode, 254);
    return error.message;
  }
  return assert.fail(`nothing is wrong with ${argv.join(' ')}`);
}

describe('the options table', () => {
  it('names each option once, in words with dashes, with one sentence', () => {
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
    for (const { name, doc } of rows) {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      assert.match(doc, /^\S.{8,}\.$/, name);
    }
  });

  it('has defaults that it would accept itself', () => {
    for (const row of rows) {
      if (row.default === undefined) continue;
      assert.equal(
        parseArguments([`--${row.name}`, row.default]).values.get(row.name as 'seed'),
        row.default,
      );
    }
  });

  it('has everything that a newcomer is promised', () => {
    const promised =
      'nemesis workload deployment time-limit quiet-start recovery-time rate concurrency queues nodes controllers flush min-in-sync-replicas nemesis-interval expect-loss repeat seed results keep json quiet toxiproxy bug help';
    for (const name of promised.split(' '))
      assert.ok(
        rows.some((row) => row.name === name),
        name,
      );
  });
});

describe('the parser', () => {
  it('takes values behind a space or an equals sign, flags, and words', () => {
    const { words, values, given } = parseArguments([
      'check',
      '--seed',
      '7',
      '--rate=500',
      'results/latest',
      '--json',
    ]);
    assert.deepEqual(words, ['check', 'results/latest']);
    assert.deepEqual([values.get('seed'), values.get('rate'), values.get('json')], ['7', '500', 'true']);
    assert.deepEqual([...given], ['seed', 'rate', 'json']);
    assert.equal(values.get('time-limit'), '60', 'the default');
  });

  it('takes the last one of an option that is given twice, but joins no lists', () => {
    assert.equal(parseArguments(['--rate', '1', '--rate', '2']).values.get('rate'), '2');
    assert.match(
      complaint('--nemesis', 'kill', '--nemesis', 'pause'),
      /--nemesis: given twice; put several names into one/,
    );
  });

  const complaints: readonly (readonly [string, RegExp])[] = [
    ['--nemsis kill', /^--nemsis: no such option; did you mean "--nemesis"\? See --help for all\.$/],
    ['--frobnicate', /^--frobnicate: no such option\. See --help for all\.$/],
    ['-n kill', /^-n: options have two dashes; see --help$/],
    [
      '--nemesis partitoin',
      /^--nemesis: no nemesis named "partitoin"; did you mean "partition"\? Known: none, swarm, partition, kill, .*all-random, .*zombie-master$/,
    ],
    ['--nemesis kill,xyzzy', /^--nemesis: no nemesis named "xyzzy"\. Known: /],
    ['--flush synch', /^--flush: no flush named "synch"; did you mean "sync"\?/],
    ['--workload queue', /^--workload: no workload named "queue"\. Known: log$/],
    ['--seed', /^--seed: wanted a whole number from 0 to 4294967295, got nothing$/],
    ['--seed --json', /^--seed: wanted a whole number from 0 to 4294967295, got nothing$/],
    ['--seed -1', /^--seed: wanted a whole number from 0 to 4294967295, got "-1"$/],
    ['--seed 4294967296', /^--seed: wanted a whole number from 0 to 4294967295, got 4294967296$/],
    ['--nodes three', /^--nodes: wanted a whole number from 1 to 9, got "three"$/],
    ['--time-limit 1m', /^--time-limit: wanted seconds from 1 to 86400, got "1m"$/],
    ['--time-limit 0', /^--time-limit: wanted seconds from 1 to 86400, got 0$/],
    ['--rate 1e9', /^--rate: wanted operations per second from 1 to 100000, got "1e9"$/],
    ['--json=yes', /^--json: takes no value, got "yes"$/],
    ['--results=', /^--results: wanted FOLDER, got ""$/],
    [
      '--bug ack-before-replicaton',
      /^--bug: no bug named "ack-before-replicaton"; did you mean "ack-before-replication"\? Known: /,
    ],
    [
      '--toxiproxy embeded',
      /^--toxiproxy: wanted auto, embedded, binary, binary=PATH, .* or url=URL, got "embeded"; did you mean "embedded"\?$/,
    ],
    ['--nemesis none,kill', /^--nemesis: "none" goes alone/],
    ['--nemesis kill,kill', /^--nemesis: each name once, got "kill,kill"$/],
    [
      '--min-in-sync-replicas 4',
      /^--min-in-sync-replicas: wanted at most --nodes \(3\), got 4; nothing could be written$/,
    ],
    [
      '--nemesis kill --quiet-start 60',
      /^--quiet-start: wanted less than --time-limit \(60 s\), got 60; no fault would ever come$/,
    ],
  ];
  for (const [command, message] of complaints) {
    it(`complains of ${command}`, () => {
      assert.match(complaint(...command.split(' ')), message);
    });
  }

  it('takes an option that may stand bare, and its value after = only', () => {
    assert.equal(parseArguments(['replay', '--trace', 'RUN']).values.get('trace'), 'events');
    assert.deepEqual(parseArguments(['replay', '--trace', 'RUN']).words, ['replay', 'RUN']);
    assert.equal(parseArguments(['--trace=all']).values.get('trace'), 'all');
    assert.match(complaint('--trace=some'), /^--trace: no trace named "some"/);
  });

  it('lets a run without faults be quiet for as long as it likes', () => {
    const { values } = parseArguments(['--quiet-start', '60']);
    assert.deepEqual(runPlanFromOptions(values, 1, 'process').nemeses, []);
  });

  it('takes a Toxiproxy that runs elsewhere by its URL', () => {
    const { values } = parseArguments(['--toxiproxy', 'http://127.0.0.1:8474']);
    assert.equal(runPlanFromOptions(values, 1, 'process').toxiproxy, 'http://127.0.0.1:8474');
  });
});
