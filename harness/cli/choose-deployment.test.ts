import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { UsageError } from '../usage-error.ts';
import { chooseDeployment } from './choose-deployment.ts';

describe('the choice of a world', () => {
  const said: string[] = [];
  let before: string | undefined;

  beforeEach(() => {
    said.length = 0;
    before = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = 'unix:///none/docker.sock';
  });

  afterEach(() => {
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  });

  it('asked for containers where no engine is says in one line what to do', async () => {
    await assert.rejects(
      chooseDeployment('docker', (line) => said.push(line)),
      (error) =>
        error instanceof UsageError &&
        error.exitCode === 254 &&
        /^--deployment docker: no container engine listens on \/none\/docker\.sock; start an engine .* --deployment process$/.test(
          error.message,
        ),
    );
  });

  it('left to itself takes processes where there is no engine, and says so', async function () {
    if (process.platform === 'win32') this.skip();
    const chosen = await chooseDeployment('auto', (line) => said.push(line));
    assert.equal(chosen.name, 'process');
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^deployment process: /);
  });

  it('that was named is taken without a word', async function () {
    if (process.platform === 'win32') this.skip();
    assert.equal((await chooseDeployment('process', (line) => said.push(line))).name, 'process');
    assert.deepEqual(said, []);
  });
});
