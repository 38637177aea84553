import { equal } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One start of a program. */
class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  #listeners: (() => void)[] = [];

  constructor(program: string, args: readonly string[], folder: string) {
    const path = fileURLToPath(new URL(`./${program}${extname(import.meta.url)}`, import.meta.url));
    this.child = spawn(process.execPath, [path, ...args], { cwd: folder });
    this.child.stdout?.on('data', (bytes) => {
      this.#stdout += String(bytes);
      for (const listener of this.#listeners) listener();
    });
    this.child.stderr?.on('data', (bytes) => {
      this.#stderr += String(bytes);
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  /** Resolves when standard output holds `text`; rejects when the program ends before. */
  says(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#stdout.includes(text)) resolve();
      };
      this.#listeners.push(look);
      look();
      void this.ended.then(({ stdout, stderr }) =>
        reject(new Error(`wanted "${text}", got ${stdout}${stderr}`)),
      );
    });
  }
}

let folder = '';
let runs: Run[] = [];
let servers: Server[] = [];

function start(program: string, ...args: readonly string[]): Run {
  const run = new Run(program, args, folder);
  runs.push(run);
  return run;
}

function config(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** A port that something listens on until the test ends. */
function takenPort(): Promise<number> {
  const server = createServer();
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

async function freePorts(count: number): Promise<readonly number[]> {
  const ports = await Promise.all(Array.from({ length: count }, () => takenPort()));
  await Promise.all(servers.splice(-count).map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

describe('the programs', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rocketmq-jepsen-bin-'));
    runs = [];
    servers = [];
  });

  afterEach(async () => {
    for (const run of runs) run.child.kill('SIGKILL');
    await Promise.all(runs.map((run) => run.ended));
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('start as nameserver with controller and as broker, find a role, and stop cleanly on SIGTERM', async () => {
    const [nameserverPort = 0, controllerPort = 0, brokerPort = 0, haPort = 0] = await freePorts(4);
    const nameserver = start(
      'mqnamesrv',
      '-c',
      config('namesrv.conf', [
        `listenPort=${nameserverPort}`,
        'bindAddress=127.0.0.1',
        'enableControllerInNamesrv=true',
        'controllerDLegerGroup=g',
        `controllerDLegerPeers=n0-127.0.0.1:${controllerPort}`,
        'controllerDLegerSelfId=n0',
      ]),
    );
    await nameserver.says('The Name Server boot success');
    const broker = start(
      'mqbroker',
      '-n',
      `127.0.0.1:${nameserverPort}`,
      '-c',
      config('broker.conf', [
        'brokerName=broker-a',
        'bindAddress=127.0.0.1',
        'enableControllerMode=true',
        `controllerAddr=127.0.0.1:${controllerPort}`,
        `listenPort=${brokerPort}`,
        `haListenPort=${haPort}`,
        'storePathRootDir=store',
        'deleteWhen=04',
        'brokerNme=x',
      ]),
    );
    await broker.says('The broker[broker-a, 127.0.0.1:');
    broker.child.kill('SIGTERM');
    const stopped = await broker.ended;
    equal(stopped.code, 0, stopped.stderr);
    equal(
      stopped.stdout.includes('unknown key "brokerNme" is passed over; did you mean "brokerName"?'),
      true,
    );
    nameserver.child.kill('SIGTERM');
    equal((await nameserver.ended).code, 0);
  });

  it('start as a controller alone', async () => {
    const [port = 0] = await freePorts(1);
    const lines = [
      'controllerDLegerGroup=g',
      `controllerDLegerPeers=n0-127.0.0.1:${port}`,
      'controllerDLegerSelfId=n0',
    ];
    const controller = start('mqcontroller', '-c', config('c.conf', [...lines, 'bindAddress=127.0.0.1']));
    await controller.says('The Controller boot success');
    controller.child.kill('SIGINT');
    equal((await controller.ended).code, 0);
  });

  it('do not start with a bad value, and name file, line and key', async () => {
    const path = config('broker.conf', [
      'brokerName=a',
      'enableControllerMode=true',
      'flushDiskType=SOMETIMES',
    ]);
    const { code, stderr } = await start('mqbroker', '-c', path).ended;
    equal(code, 1);
    equal(
      stderr,
      `mqbroker: ${path}:3: key "flushDiskType": wanted one of ASYNC_FLUSH, SYNC_FLUSH, got "SOMETIMES"\n`,
    );
  });

  it('say in one line that a port is in use', async () => {
    const port = await takenPort();
    const path = config('namesrv.conf', [`listenPort=${port}`, 'bindAddress=127.0.0.1']);
    const { code, stderr } = await start('mqnamesrv', '-c', path).ended;
    equal(code, 1);
    equal(stderr.trim().split('\n').length, 1, stderr);
    equal(stderr.includes(`127.0.0.1:${port}`) && stderr.includes('in use'), true, stderr);
  });

  it('say in one line that there is no such file, or option', async () => {
    const missing = await start('mqbroker', '-c', join(folder, 'missing.conf')).ended;
    equal(missing.code, 1);
    equal(missing.stderr.includes('missing.conf'), true);
    equal(missing.stderr.trim().split('\n').length, 1, missing.stderr);
    equal((await start('mqbroker', '-x').ended).stderr.startsWith('mqbroker: unknown option "-x"'), true);
  });

  it('print their configuration, and their help', async () => {
    const path = config('namesrv.conf', ['listenPort=9999']);
    const printed = await start('mqnamesrv', '-c', path, '-p').ended;
    equal(printed.code, 0);
    equal(printed.stdout.includes('listenPort=9999\n'), true);
    equal((await start('mqcontroller', '-h').ended).stdout.startsWith('usage: mqcontroller [-c FILE]'), true);
  });
}).timeout(20_000);
