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
      chooseDeployment({ deployment: 'docker', toxiproxy: 'auto' }, (line) => said.push(line)),
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
    const chosen = await chooseDeployment({ deployment: 'auto', toxiproxy: 'auto' }, (line) =>
      said.push(line),
    );
    assert.equal(chosen.name, 'process');
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^deployment process: .*, since no container engine listens on \/none\//);
  });

  it('that was named is taken without a word', async function () {
    if (process.platform === 'win32') this.skip();
    assert.equal(
      (await chooseDeployment({ deployment: 'process', toxiproxy: 'auto' }, (line) => said.push(line))).name,
      'process',
    );
    assert.deepEqual(said, []);
  });

  const impossible: readonly (readonly [string, string, RegExp])[] = [
    ['docker', 'url=http://127.0.0.1:1', /^--toxiproxy url: in containers/],
    ['process', 'image=toxi', /^--toxiproxy image: .* add --deployment docker$/],
    ['process', 'binary=/none/toxiproxy-server', /^--toxiproxy binary: .*\/none\/toxiproxy-server/],
  ];
  for (const [deployment, toxiproxy, message] of impossible) {
    it(`refuses --deployment ${deployment} with --toxiproxy ${toxiproxy}`, async () => {
      await assert.rejects(
        chooseDeployment({ deployment, toxiproxy }, () => undefined),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});
