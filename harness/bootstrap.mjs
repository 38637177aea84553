// The first command in a fresh clone: installs and builds when they are stale, then runs what was asked for. Needs Node alone.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sourceFolders = ['cluster', 'checkers', 'nemeses', 'harness', 'house'];
const wantedNode = [20, 19];

/** What each verb runs, once everything is in place: one or more commands, each only when the one before it passed. */
const verbs = {
  jepsen: (args) => [['dist/harness/cli/main.js', ...args]],
  bench: (args) => [['dist/harness/bench/main.js', ...args]],
  mutate: (args) => [['dist/harness/mutation/main.js', ...args]],
  oracle: (args) => [['dist/checkers/oracle/main.js', ...args]],
  mqnamesrv: (args) => [['dist/cluster/bin/mqnamesrv.js', ...args]],
  mqcontroller: (args) => [['dist/cluster/bin/mqcontroller.js', ...args]],
  mqbroker: (args) => [['dist/cluster/bin/mqbroker.js', ...args]],
  build: () => [],
  test: (args) => [
    ['node_modules/@biomejs/biome/bin/biome', 'check', '.'],
    ['node_modules/mocha/bin/mocha.js', ...args],
  ],
};

const [verb, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb ?? ''))
  stop(`bootstrap: wanted one of ${Object.keys(verbs).join(', ')}, got "${verb ?? ''}"`, 254);
checkNode();
const release = lock();
try {
  installIfStale();
  buildIfStale();
} finally {
  release();
}
for (const [script, ...args] of verbs[verb](rest)) {
  const code = await run(script, args);
  if (code !== 0) process.exit(code);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wantedNode[0] || (major === wantedNode[0] && minor >= wantedNode[1])) return;
  stop(`rocketmq-jepsen needs Node ${wantedNode.join('.')} or newer; this is ${process.versions.node}.`, 254);
}

function installIfStale() {
  const stamp = join(root, 'node_modules', '.installed');
  const wanted = digest(['package.json', 'package-lock.json'].map((name) => readFileSync(join(root, name))));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing dependencies (npm ci)');
  step('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { shell: process.platform === 'win32' });
  writeFileSync(stamp, wanted);
}

function buildIfStale() {
  const stamp = join(root, 'dist', '.sources');
  const facts = [readFileSync(join(root, 'tsconfig.json')), readFileSync(join(root, 'package-lock.json'))];
  for (const file of sourceFolders.flatMap((folder) => sourcesBelow(join(root, folder)))) {
    const { size, mtimeMs } = statSync(file);
    facts.push(`${file} ${size} ${mtimeMs}\n`);
  }
  const wanted = digest(facts);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('building (tsc)');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  step(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
  writeFileSync(stamp, wanted);
}

function sourcesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesBelow(path);
      return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [path] : [];
    });
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Runs a step quietly; its output is shown when it fails. */
function step(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  stop(
    `bootstrap: ${command} ${args.join(' ')} failed${result.error ? `: ${result.error.message}` : ''}`,
    255,
  );
}

/** Two first commands at once must not install over each other: the second waits for the first. */
function lock() {
  mkdirSync(join(root, '.build'), { recursive: true });
  const path = join(root, '.build', 'bootstrap.lock');
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isLeftBehind(path)) rmSync(path, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

/** Whose process is gone. One that was released meanwhile is not: somebody else may hold it already. */
function isLeftBehind(path) {
  let holder;
  try {
    holder = Number(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code !== 'EPERM';
  }
}

/** The child answers Ctrl-C itself (the terminal sends it to both); a SIGTERM is handed on. */
function run(script, args) {
  const node = ['--enable-source-maps'];
  const child = spawn(process.execPath, [...node, join(root, script), ...args], {
    stdio: 'inherit',
    cwd: root,
  });
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done) => {
    child.on('exit', (code, signal) => done(code ?? { SIGINT: 130, SIGTERM: 143 }[signal] ?? 255));
  });
}

function say(what) {
  process.stderr.write(`rocketmq-jepsen: ${what}\n`);
}

function stop(message, code) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
