import type { FakeRequest } from '../fake-server.ts';
import type { Access, Auth } from './auth.ts';
import { Refusal } from './envelope.ts';
import type { Limits } from './limits.ts';
import { requestSign, sameSign } from './signing.ts';
import type { FakeShop, World } from './world.ts';

/** One endpoint of the Open API. */
export interface Route {
  readonly method: string;
  /** Path segments; one that begins with `:` takes anything and is handed on in `parameters`. */
  readonly path: string;
  readonly scope: string;
  readonly shop: 'required' | 'refused';
  /** True: counts against the daily quota of the customer service API. */
  readonly quota?: boolean;
  handle(call: Call): object | Promise<object>;
}

export interface Call {
  readonly request: FakeRequest;
  readonly parameters: readonly string[];
  readonly access: Access;
  /** Throws where the route refuses a shop. */
  readonly shop: () => FakeShop;
}

export interface GuardOptions {
  readonly appKey: string;
  readonly appSecret: string;
  readonly now: () => Date;
  readonly auth: Auth;
  readonly limits: Limits;
  readonly world: World;
  readonly routes: readonly Route[];
}

/** Lets a request through to its route once app, time, signature, token, shop, scope and limits are in order. */
export function createGuard({ appKey, appSecret, now, auth, limits, world, routes }: GuardOptions) {
  function checkSignature({ path, query, headers, body }: FakeRequest): void {
    if (query.get('app_key') !== appKey) throw new Refusal(36009004, 'The app_key is invalid');
    const sign = query.get('sign');
    if (!sign) throw new Refusal(36009004, 'The sign is missing');
    const timestamp = Number(query.get('timestamp'));
    const behindSeconds = Math.floor(now().getTime() / 1000) - timestamp;
    if (!(behindSeconds <= 300 && behindSeconds >= -30)) throw new Refusal(36009004, 'The timestamp is out of its window');
    const expected = requestSign(appSecret, { path, query, contentType: headers['content-type'] ?? '', body });
    if (!sameSign(expected, sign)) throw new Refusal(106001, 'The sign is wrong');
  }

  function find({ method, path }: FakeRequest): { readonly route: Route; readonly parameters: readonly string[] } {
    const fitting = routes.flatMap((route) => {
      const parameters = match(route.path, path);
      return parameters ? [{ route, parameters }] : [];
    });
    if (fitting.length === 0) throw new Refusal(36009009, 'Invalid path');
    const found = fitting.find(({ route }) => route.method === method);
    if (!found) throw new Refusal(36009010, 'Invalid method');
    return found;
  }

  function shopOf(route: Route, cipher: string | null, access: Access): FakeShop | null {
    if (route.shop === 'refused') {
      if (cipher) throw new Refusal(36009004, 'Unexpected identifier shop_cipher');
      return null;
    }
    if (!cipher) throw new Refusal(106013, 'The shop_cipher is missing');
    const shop = [...world.shops.values()].find((candidate) => candidate.cipher === cipher);
    if (!shop) throw new Refusal(36009004, 'Invalid identifier shop_cipher');
    if (!access.shopIds.includes(shop.id)) throw new Refusal(101000, 'The access_token does not belong to this shop_cipher');
    return shop;
  }

  return async (request: FakeRequest): Promise<object> => {
    const { route, parameters } = find(request);
    checkSignature(request);
    const access = auth.check(request.headers['x-tts-access-token'] ?? '');
    const shop = shopOf(route, request.query.get('shop_cipher'), access);
    if (!access.scopes.includes(route.scope)) throw new Refusal(105005, `Access denied: the scope ${route.scope} is missing`);
    limits.call(shop?.id ?? access.shopIds.join(), `${route.method} ${route.path}`);
    if (route.quota && shop) limits.customerService(shop.id);
    return await route.handle({
      request,
      parameters,
      access,
      shop: () => {
        if (!shop) throw new Error(`${route.path} has no shop`);
        return shop;
      },
    });
  };
}

function match(pattern: string, path: string): string[] | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const parameters: string[] = [];
  for (const [at, segment] of given.entries()) {
    if (wanted[at]?.startsWith(':')) parameters.push(decodeURIComponent(segment));
    else if (wanted[at] !== segment) return null;
  }
  return parameters;
}

/** The JSON object in a request's body. */
export function jsonBody({ body }: FakeRequest): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(36009022, 'The body is no JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Refusal(36009022, 'The body is no JSON object');
  return parsed as Record<string, unknown>;
}

/** A required whole number of the query. */
export function pageSize(query: URLSearchParams, atMost: number): number {
  const size = Number(query.get('page_size') ?? Number.NaN);
  if (!Number.isInteger(size) || size < 1 || size > atMost) throw new Refusal(36009004, `Invalid page_size: 1 to ${atMost}`);
  return size;
}
