/** The command: `porcupine-ts check FILE --model kv`. Exit codes: 0 ok, 1 illegal, 2 unknown, 254 wrong usage, 255 a fault of this program. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { checkOperationsAsync } from '../check-async.ts';
import { EdnError } from '../formats/edn.ts';
import { type Notation, notations, readHistory } from '../formats/read-history.ts';
import { InvalidHistoryError } from '../history/invalid-history-error.ts';
import type { Model } from '../model.ts';
import { readyModels } from '../models/ready-models.ts';
import type { Operation } from '../operation.ts';
import { smallestCore } from '../smallest-core.ts';
import type { CheckResult } from '../verdict.ts';
import { visualize } from '../visualizer/visualize.ts';

const usage = `usage: porcupine-ts check FILE --model NAME [options]

  FILE                 a history: JSON lines, Jepsen's history.edn, or Jepsen's log; - for standard input
  --model NAME         ${[...readyModels.keys()].join(', ')}
  --initial JSON       the value that a register or counter begins with (default null, 0)
  --format NAME        ${notations.join(', ')} (default: by the first line)
  --failed answered    Jepsen's :fail of a cas says that the value was another one (default: it did not happen)
  --engine compat      visit what Porcupine visits
  --timeout SECONDS    unknown after that long (default 60)
  --workers N          check keys in N threads (default 0)
  --html OUT           write a page that shows the history, the order found and what is wrong
  --unit NAME          what the history's times are, for that page: s, ms, us, ns
  --json               print the result as JSON
`;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

const exitCodes = { ok: 0, illegal: 1, unknown: 2 } as const;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known =
    error instanceof UsageError || error instanceof InvalidHistoryError || error instanceof EdnError;
  const message =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`porcupine-ts: ${message}\n`);
  process.exitCode = known ? 254 : 255;
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parsed(args);
  if (values.help === true || positionals.length === 0) {
    process.stdout.write(usage);
    return values.help === true ? 0 : 254;
  }
  const [verb, file] = positionals;
  if (verb !== 'check' || file === undefined || positionals.length > 2)
    throw new UsageError(`wanted "check FILE", got "${positionals.join(' ')}"\n${usage}`);
  const model = modelOf(values.model, values.initial);
  const operations = readHistory(readFileSync(file === '-' ? 0 : file, 'utf8'), {
    model: values.model ?? '',
    ...(values.format === undefined
      ? {}
      : { notation: oneOf('--format', values.format, notations) as Notation }),
    ...(values.failed === undefined
      ? {}
      : { failed: oneOf('--failed', values.failed, ['answered', 'did-not-happen']) }),
  });
  const result = await checkOperationsAsync(model, operations, {
    timeoutMs: 1000 * numberOf('--timeout', values.timeout ?? '60'),
    workers: numberOf('--workers', values.workers ?? '0'),
    ...(values.engine === undefined ? {} : { engine: oneOf('--engine', values.engine, ['fast', 'compat']) }),
  });
  const core = result.verdict === 'illegal' ? smallestCore(model, operations) : undefined;
  if (values.html !== undefined)
    writeFileSync(
      values.html,
      visualize(model, operations, {
        result,
        ...(core === undefined ? {} : { core }),
        ...(file === '-' ? {} : { title: `${values.model}, ${basename(file)}` }),
        ...(values.unit === undefined
          ? {}
          : { timeUnit: oneOf('--unit', values.unit, ['s', 'ms', 'us', 'ns']) }),
      }),
    );
  if (values.json === true) {
    const { partitions: _, ...figures } = result;
    process.stdout.write(`${JSON.stringify({ ...figures, operations: operations.length, core })}\n`);
  } else {
    process.stdout.write(report(result, operations, core?.sentence));
  }
  return exitCodes[result.verdict];
}

function report(result: CheckResult, operations: readonly Operation[], sentence: string | undefined): string {
  const { verdict, reason, partitions, steps, elapsedMs } = result;
  const keys = partitions.length === 1 ? '' : ` of ${partitions.length} keys`;
  const effort = `${operations.length} operations${keys}, ${steps} steps, ${elapsedMs.toFixed(0)} ms`;
  const lines = [`${verdict}${reason === undefined ? '' : ` (${reason})`}: ${effort}`];
  const illegal = partitions.find((part) => part.verdict === 'illegal');
  if (illegal?.key !== undefined) lines.push(`key ${JSON.stringify(illegal.key)}`);
  if (sentence !== undefined) lines.push(sentence);
  if (verdict === 'unknown') {
    const open = partitions.filter((part) => part.verdict === 'unknown').length;
    lines.push(
      `${open} of ${partitions.length} keys undecided; give it more time, or fewer operations at once`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function modelOf(name: string | undefined, initial: string | undefined): Model {
  const make = readyModels.get(name ?? '');
  if (make === undefined)
    throw new UsageError(
      `--model: wanted one of ${[...readyModels.keys()].join(', ')}, got ${name ?? 'none'}`,
    );
  return make((initial === undefined ? undefined : { initial: JSON.parse(initial) as unknown }) as never);
}

function oneOf<Name extends string>(flag: string, name: string, known: readonly Name[]): Name {
  const found = known.find((one) => one === name);
  if (found === undefined) throw new UsageError(`${flag}: wanted one of ${known.join(', ')}, got "${name}"`);
  return found;
}

function numberOf(flag: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new UsageError(`${flag}: wanted a number, 0 or more, got "${text}"`);
  return number;
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        model: { type: 'string' },
        initial: { type: 'string' },
        format: { type: 'string' },
        failed: { type: 'string' },
        engine: { type: 'string' },
        timeout: { type: 'string' },
        workers: { type: 'string' },
        html: { type: 'string' },
        unit: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`, {
      cause: error,
    });
  }
}
