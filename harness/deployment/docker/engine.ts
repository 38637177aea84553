/** The one file that knows dockerode: what is asked of a container engine, and its refusals as errors for people. */
import { type Duplex, PassThrough, type Readable, type Writable } from 'node:stream';
import Docker from 'dockerode';

export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** Of the engine's answer; undefined when there was none. */
  readonly statusCode: number | undefined;
  constructor(message: string, options?: ErrorOptions, statusCode?: number) {
    super(message, options);
    this.statusCode = statusCode;
  }
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The name of a network, or a container whose network it shares. */
  readonly network: { readonly name: string } | { readonly ofContainer: string };
  readonly hostname?: string;
  /** Lines of its hosts table. */
  readonly hosts?: readonly (readonly [name: string, address: string])[];
  /** [path outside, path inside]. */
  readonly binds?: readonly (readonly [string, string])[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  /** uid:gid. */
  readonly user?: string;
  readonly memoryBytes?: number;
  readonly cpus?: number;
  /** Its standard input stays open for who is attached; it ends when that one goes. */
  readonly hasInput?: boolean;
  /** Ports of the container to be reached on 127.0.0.1, on ports the engine chooses. */
  readonly publishedPorts?: readonly number[];
}

export interface NetworkSpec {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** No way out. */
  readonly internal: boolean;
  readonly options?: Readonly<Record<string, string>>;
}

export interface Attached {
  readonly output: Readable;
  readonly errors: Readable;
  readonly input: Writable;
}

export interface ContainerState {
  readonly isRunning: boolean;
  readonly exitCode: number;
  readonly wasOutOfMemory: boolean;
}

export interface Listed {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

export class Engine {
  readonly #docker: Docker;

  /** Without a socket: DOCKER_HOST and its like, else the usual one. */
  constructor(socketPath?: string) {
    this.#docker = socketPath === undefined ? new Docker() : new Docker({ socketPath });
  }

  /** Undefined when it answers; else why not, in one sentence. */
  async silence(patienceMs: number): Promise<string | undefined> {
    const late = AbortSignal.timeout(patienceMs);
    try {
      // The types know only the call without options.
      const ping = this.#docker.ping.bind(this.#docker) as (options: {
        readonly abortSignal: AbortSignal;
      }) => Promise<unknown>;
      await ping({ abortSignal: late });
      return undefined;
    } catch (error) {
      return late.aborted ? `no container engine answered in ${patienceMs / 1000} s` : whySilent(error);
    }
  }

  async isDesktop(): Promise<boolean> {
    const info = (await this.#ask('tell of itself', () => this.#docker.info())) as {
      readonly OperatingSystem?: string;
    };
    return info.OperatingSystem?.includes('Docker Desktop') ?? false;
  }

  async hasImage(tag: string): Promise<boolean> {
    try {
      await this.#ask(`look for ${tag}`, () => this.#docker.getImage(tag).inspect());
      return true;
    } catch (error) {
      if (error instanceof EngineError && error.statusCode === 404) return false;
      throw error;
    }
  }

  /** `files`: a tar of the image's root. */
  async importImage(files: Readable, repository: string, tag: string): Promise<void> {
    await this.#ask(`import ${repository}:${tag}`, async () => {
      const progress = await this.#docker.importImage(files, { repo: repository, tag });
      await this.#follow(progress);
    });
  }

  /** `context`: a tar with a Dockerfile. */
  async buildImage(context: Readable, tag: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await this.#ask(`build ${tag}`, async () => {
      const progress = await this.#docker.buildImage(context, {
        t: tag,
        labels: { ...labels },
        forcerm: true,
      });
      await this.#follow(progress);
    });
  }

  async pullImage(name: string, patienceMs: number): Promise<void> {
    await this.#ask(`pull ${name}`, () =>
      within(patienceMs, async (late) => {
        // The types know only options of the request's own.
        const pull = this.#docker.pull.bind(this.#docker) as (
          tag: string,
          options: { readonly abortSignal: AbortSignal },
        ) => Promise<NodeJS.ReadableStream>;
        await this.#follow(await pull(name, { abortSignal: late }));
      }),
    );
  }

  /** What a container of it starts, word by word. */
  async imageStart(name: string): Promise<{ readonly id: string; readonly entrypoint: readonly string[] }> {
    const found = await this.#ask(`look at ${name}`, () => this.#docker.getImage(name).inspect());
    const { Entrypoint: entrypoint, Cmd: command } = found.Config as {
      readonly Entrypoint?: string | string[];
      readonly Cmd?: string[];
    };
    return { id: found.Id, entrypoint: [entrypoint ?? [], command ?? []].flat() };
  }

  /** A tar with one file of an image, there while `take` is at it. */
  async fileOfImage<T>(
    name: string,
    file: {
      readonly path: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly patienceMs: number;
    },
    take: (tar: Readable) => Promise<T>,
  ): Promise<T> {
    const { path, labels, patienceMs } = file;
    return this.#ask(`read ${path} of ${name}`, async () => {
      const container = await this.#docker.createContainer({
        Image: name,
        Cmd: [path],
        Labels: { ...labels },
      });
      try {
        return await within(patienceMs, async (late) => {
          const options = { path, abortSignal: late };
          return take((await container.getArchive(options)) as Readable);
        });
      } finally {
        await container.remove({ force: true });
      }
    });
  }

  /** Those of a repository, with the time of their making. */
  async images(repository: string): Promise<readonly { readonly tag: string; readonly madeS: number }[]> {
    const found = await this.#ask('list images', () =>
      this.#docker.listImages({ filters: { reference: [repository] } }),
    );
    return found.flatMap(({ RepoTags: tags, Created: madeS }) => (tags ?? []).map((tag) => ({ tag, madeS })));
  }

  async removeImage(tag: string): Promise<void> {
    await this.#ask(`remove ${tag}`, () => this.#docker.getImage(tag).remove());
  }

  async createNetwork(spec: NetworkSpec): Promise<void> {
    await this.#ask(`make network ${spec.name}`, () =>
      this.#docker.createNetwork({
        Name: spec.name,
        Internal: spec.internal,
        Labels: { ...spec.labels },
        Options: { ...spec.options },
      }),
    );
  }

  async joinNetwork(network: string, container: string): Promise<void> {
    await this.#ask(`put a container on ${network}`, () =>
      this.#docker.getNetwork(network).connect({ Container: container }),
    );
  }

  async networks(label: string): Promise<readonly Listed[]> {
    const found = await this.#ask('list networks', () =>
      this.#docker.listNetworks({ filters: { label: [label] } }),
    );
    return found.map(({ Id: id, Labels: labels }) => ({ id, labels: labels ?? {} }));
  }

  async networkOf(id: string): Promise<{ readonly name: string; readonly internal: boolean }> {
    const found = await this.#ask('look at a network', () => this.#docker.getNetwork(id).inspect());
    const { Name: name, Internal: internal } = found as { readonly Name: string; readonly Internal: boolean };
    return { name, internal };
  }

  async removeNetwork(id: string): Promise<void> {
    await this.#askUnlessGone('remove a network', () => this.#docker.getNetwork(id).remove());
  }

  /** Resolves with its id. */
  async createContainer(spec: ContainerSpec): Promise<string> {
    const created = await this.#ask(`make container ${spec.name}`, () =>
      this.#docker.createContainer(optionsOf(spec)),
    );
    return created.id;
  }

  async containers(label: string): Promise<readonly Listed[]> {
    const found = await this.#ask('list containers', () =>
      this.#docker.listContainers({ all: true, filters: { label: [label] } }),
    );
    return found.map(({ Id: id, Labels: labels }) => ({ id, labels }));
  }

  /** Before the start, so that nothing it says is missed. */
  async attach(id: string, hasInput: boolean): Promise<Attached> {
    const stream = await this.#ask('attach to a container', () =>
      this.#docker
        .getContainer(id)
        .attach({ stream: true, stdin: hasInput, stdout: true, stderr: true, hijack: hasInput }),
    );
    const output = new PassThrough();
    const errors = new PassThrough();
    (this.#docker.modem as Demultiplexer).demuxStream(stream, output, errors);
    const end = () => {
      output.end();
      errors.end();
    };
    stream.on('end', end);
    stream.on('close', end);
    stream.on('error', end);
    return { output, errors, input: stream as Duplex };
  }

  async start(id: string): Promise<void> {
    await this.#ask('start a container', () => this.#docker.getContainer(id).start());
  }

  /** Resolves when it runs no more. */
  async untilStopped(id: string): Promise<void> {
    await this.#ask('wait for a container', () => this.#docker.getContainer(id).wait());
  }

  async state(id: string): Promise<ContainerState> {
    const { State: state } = await this.#ask('look at a container', () =>
      this.#docker.getContainer(id).inspect(),
    );
    return { isRunning: state.Running, exitCode: state.ExitCode, wasOutOfMemory: state.OOMKilled };
  }

  async nameOf(id: string): Promise<string> {
    const found = await this.#ask('look at a container', () => this.#docker.getContainer(id).inspect());
    return found.Name.replace(/^\//, '');
  }

  async address(id: string, network: string): Promise<string> {
    const found = await this.#ask('look at a container', () => this.#docker.getContainer(id).inspect());
    const address = found.NetworkSettings.Networks[network]?.IPAddress;
    if (address === undefined || address === '')
      throw new EngineError(`the engine gave ${found.Name} no address on ${network}`);
    return address;
  }

  /** Port of 127.0.0.1 by port of the container. */
  async publishedPorts(id: string): Promise<ReadonlyMap<number, number>> {
    const found = await this.#ask('look at a container', () => this.#docker.getContainer(id).inspect());
    const ports = found.NetworkSettings.Ports as Readonly<
      Record<string, readonly { readonly HostPort: string }[] | null>
    >;
    return new Map(
      Object.entries(ports).flatMap(([inside, outside]) =>
        outside?.[0] === undefined
          ? []
          : [[Number.parseInt(inside, 10), Number(outside[0].HostPort)] as const],
      ),
    );
  }

  /** Nothing for one that runs no more. */
  async kill(id: string): Promise<void> {
    await this.#askUnlessGone('kill a container', () =>
      this.#docker.getContainer(id).kill({ signal: 'SIGKILL' }),
    );
  }

  /** SIGTERM, and SIGKILL when patience ends. */
  async stop(id: string, patienceS: number): Promise<void> {
    await this.#askUnlessGone('stop a container', () => this.#docker.getContainer(id).stop({ t: patienceS }));
  }

  /** Stands still, by the freezer, when it resolves. */
  async pause(id: string): Promise<void> {
    await this.#ask('pause a container', () => this.#docker.getContainer(id).pause());
  }

  async unpause(id: string): Promise<void> {
    await this.#ask('wake a container', () => this.#docker.getContainer(id).unpause());
  }

  /** Also one that runs; nothing for one that is gone. */
  async removeContainer(id: string): Promise<void> {
    await this.#askUnlessGone('remove a container', () =>
      this.#docker.getContainer(id).remove({ force: true, v: true }),
    );
  }

  #follow(progress: NodeJS.ReadableStream): Promise<void> {
    return new Promise((resolve, reject) => {
      (this.#docker.modem as Demultiplexer).followProgress(progress, (error, steps) => {
        const failed = steps?.find((step) => step.error !== undefined)?.error;
        if (error !== null && error !== undefined) reject(error);
        else if (failed !== undefined) reject(new Error(failed));
        else resolve();
      });
    });
  }

  /** 304, 404 and 409: it is stopped, gone, or on its way out already. */
  async #askUnlessGone(what: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await this.#ask(what, call);
    } catch (error) {
      const code = error instanceof EngineError ? error.statusCode : undefined;
      if (code !== 304 && code !== 404 && code !== 409) throw error;
    }
  }

  async #ask<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const { statusCode, json, message } = error as {
        readonly statusCode?: number;
        readonly json?: { readonly message?: string };
        readonly message?: string;
      };
      throw new EngineError(
        `the container engine did not ${what}: ${json?.message ?? message ?? String(error)}`,
        { cause: error },
        statusCode,
      );
    }
  }
}

/** What the types of dockerode leave untyped. */
interface Demultiplexer {
  demuxStream(
    stream: NodeJS.ReadableStream,
    output: NodeJS.WritableStream,
    errors: NodeJS.WritableStream,
  ): void;
  followProgress(
    stream: NodeJS.ReadableStream,
    done: (
      error: Error | null | undefined,
      steps: readonly { readonly error?: string }[] | undefined,
    ) => void,
  ): void;
}

/** Whatever hears nothing of `late` is left behind, with its error. */
async function within<T>(patienceMs: number, call: (late: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it took longer than ${patienceMs / 1000} s`));
      over.abort();
    }, patienceMs);
  });
  try {
    return await Promise.race([call(over.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

function optionsOf(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const hasInput = spec.hasInput ?? false;
  const published = spec.publishedPorts ?? [];
  return {
    name: spec.name,
    Image: spec.image,
    Entrypoint: [],
    Cmd: [...spec.command],
    Labels: { ...spec.labels },
    Env: Object.entries(spec.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    AttachStdin: hasInput,
    OpenStdin: hasInput,
    StdinOnce: hasInput,
    ...(spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
    ...(spec.workingFolder === undefined ? {} : { WorkingDir: spec.workingFolder }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ExposedPorts: Object.fromEntries(published.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      NetworkMode: 'name' in spec.network ? spec.network.name : `container:${spec.network.ofContainer}`,
      ExtraHosts: (spec.hosts ?? []).map(([name, address]) => `${name}:${address}`),
      Binds: (spec.binds ?? []).map(([outside, inside]) => `${outside}:${inside}`),
      PortBindings: Object.fromEntries(
        published.map((port) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: '' }]]),
      ),
      // What they say is read as they say it; the engine need not keep it.
      LogConfig: { Type: 'none', Config: {} },
      ...(spec.memoryBytes === undefined ? {} : { Memory: spec.memoryBytes, MemorySwap: spec.memoryBytes }),
      ...(spec.cpus === undefined ? {} : { NanoCpus: Math.round(spec.cpus * 1e9) }),
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  };
}

function whySilent(error: unknown): string {
  const { code, address, message } = error as {
    readonly code?: string;
    readonly address?: string;
    readonly message?: string;
  };
  const where = address ?? process.env['DOCKER_HOST'] ?? 'the usual socket';
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return `no container engine listens on ${where}`;
  if (code === 'EACCES') return `this user may not talk to the container engine on ${where}`;
  return `no container engine answers on ${where}: ${message ?? String(error)}`;
}
