/** The HTTP API without HTTP: method, path and body in, status and JSON out. */
import { ApiError, apiErrors } from './api-error.ts';
import {
  booleanField,
  integerField,
  type JsonObject,
  jsonArray,
  jsonObject,
  numberField,
  parseJson,
  stringField,
} from './json-body.ts';
import type { ProxyCollection, ProxyDraft } from './proxy-collection.ts';
import { type Direction, Toxic } from './toxic.ts';
import type { ToxicProxy } from './toxic-proxy.ts';
import { toxicKinds } from './toxic-registry.ts';

export interface ApiAnswer {
  readonly status: number;
  /** Undefined: no body. */
  readonly json?: unknown;
}

export interface ApiRoute {
  readonly methods: readonly string[];
  /** Names in braces match one part of the path. */
  readonly path: string;
  answer(proxies: ProxyCollection, names: readonly string[], body: string): Promise<ApiAnswer>;
}

/** What /version says in place of the Go server's number. */
export const embeddedVersion = 'embedded-2.12';

const route = (
  methods: readonly string[],
  path: string,
  answer: (proxies: ProxyCollection, names: readonly string[], body: string) => Promise<ApiAnswer>,
): ApiRoute => ({ methods, path, answer });

const ok = (json: unknown): ApiAnswer => ({ status: 200, json });
const created = (json: unknown): ApiAnswer => ({ status: 201, json });
const done: ApiAnswer = { status: 204 };

export const apiRoutes: readonly ApiRoute[] = [
  route(['GET'], '/version', async () => ok({ version: embeddedVersion })),
  route(['POST'], '/reset', async (proxies) => {
    await proxies.reset();
    return done;
  }),
  route(['POST'], '/populate', async (proxies, _names, body) => populate(proxies, body)),
  route(['GET'], '/proxies', async (proxies) =>
    ok(Object.fromEntries(proxies.all().map((proxy) => [proxy.name, proxy.toJson()]))),
  ),
  route(['POST'], '/proxies', async (proxies, _names, body) => {
    const draft = proxyDraft(jsonObject(parseJson(body), 'Proxy'), '');
    return created((await proxies.create(draft)).toJson());
  }),
  route(['GET'], '/proxies/{proxy}', async (proxies, [name = '']) => ok(proxies.get(name).toJson())),
  route(['POST', 'PATCH'], '/proxies/{proxy}', async (proxies, [name = ''], body) =>
    ok((await proxies.update(name, (proxy) => updateProxy(proxy, body))).toJson()),
  ),
  route(['DELETE'], '/proxies/{proxy}', async (proxies, [name = '']) => {
    await proxies.remove(name);
    return done;
  }),
  route(['GET'], '/proxies/{proxy}/toxics', async (proxies, [name = '']) =>
    ok(proxies.get(name).toJson().toxics),
  ),
  route(['POST'], '/proxies/{proxy}/toxics', async (proxies, [name = ''], body) => {
    const proxy = proxies.get(name);
    const toxic = newToxic(jsonObject(parseJson(body), 'ToxicWrapper'), proxy);
    proxy.addToxic(toxic);
    return ok(toxic.toJson());
  }),
  route(['GET'], '/proxies/{proxy}/toxics/{toxic}', async (proxies, [name = '', toxic = '']) =>
    ok(proxies.get(name).toxic(toxic).toJson()),
  ),
  route(
    ['POST', 'PATCH'],
    '/proxies/{proxy}/toxics/{toxic}',
    async (proxies, [name = '', toxicName = ''], body) => {
      const proxy = proxies.get(name);
      const toxic = proxy.toxic(toxicName);
      const fields = jsonObject(parseJson(body), 'Toxic');
      const toxicity = numberField(fields, 'toxicity', toxic.toxicity);
      setAttributes(toxic, fields);
      toxic.toxicity = toxicity;
      proxy.updateToxic(toxic);
      return ok(toxic.toJson());
    },
  ),
  route(['DELETE'], '/proxies/{proxy}/toxics/{toxic}', async (proxies, [name = '', toxic = '']) => {
    proxies.get(name).removeToxic(toxic);
    return done;
  }),
];

/** Its errors tell as well which proxies there are now; null when none was tried. */
async function populate(proxies: ProxyCollection, body: string): Promise<ApiAnswer> {
  let drafts: readonly ProxyDraft[];
  try {
    const entries = jsonArray(parseJson(body), 'proxies');
    drafts = entries.map((entry, index) => proxyDraft(jsonObject(entry, 'Proxy'), ` at proxy ${index + 1}`));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, json: { ...error.toJson(), proxies: null } };
  }
  const { proxies: made, error } = await proxies.populate(drafts);
  const json = { ...error?.toJson(), proxies: made.map((proxy) => proxy.toJson()) };
  return { status: error?.status ?? 201, json };
}

function proxyDraft(fields: JsonObject, where: string): ProxyDraft {
  const draft = {
    name: stringField(fields, 'name', ''),
    listen: stringField(fields, 'listen', ''),
    upstream: stringField(fields, 'upstream', ''),
    enabled: booleanField(fields, 'enabled', true),
  };
  if (draft.name === '') throw apiErrors.missingField(`name${where}`);
  if (draft.upstream === '') throw apiErrors.missingField(`upstream${where}`);
  return draft;
}

async function updateProxy(proxy: ToxicProxy, body: string): Promise<void> {
  const fields = jsonObject(parseJson(body), 'Proxy');
  const before = proxy.toJson();
  await proxy.update(
    stringField(fields, 'listen', before.listen),
    stringField(fields, 'upstream', before.upstream),
    booleanField(fields, 'enabled', before.enabled),
  );
}

function newToxic(fields: JsonObject, proxy: ToxicProxy): Toxic {
  const type = stringField(fields, 'type', '');
  const stream = stringField(fields, 'stream', 'downstream');
  const toxicity = numberField(fields, 'toxicity', 1);
  const direction = parseDirection(stream);
  const name = stringField(fields, 'name', '') || `${type}_${stream}`;
  const kind = toxicKinds.get(type);
  if (kind === undefined) throw apiErrors.invalidToxicType();
  if (proxy.toxics().some((toxic) => toxic.name === name)) throw apiErrors.toxicAlreadyExists();
  const toxic = new Toxic(kind, name, stream, direction, toxicity);
  setAttributes(toxic, fields);
  return toxic;
}

function parseDirection(stream: string): Direction {
  const direction = stream.toLowerCase();
  if (direction === 'upstream' || direction === 'downstream') return direction;
  throw apiErrors.invalidStream();
}

/** Unknown attributes are ignored, absent ones keep their value, as in the Go server. */
function setAttributes(toxic: Toxic, fields: JsonObject): void {
  if (fields['attributes'] === undefined || fields['attributes'] === null) return;
  const given = jsonObject(fields['attributes'], 'attributes');
  const values = Object.entries(toxic.attributes).map(
    ([name, value]) => [name, integerField(given, name, value)] as const,
  );
  for (const [name, value] of values) toxic.attributes[name] = value;
}
