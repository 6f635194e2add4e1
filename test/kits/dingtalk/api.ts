import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import { type CardQuirks, createAndDeliver, createCard, deliverExisting, updateCard } from './cards.ts';
import type { DingLimiter } from './limits.ts';
import { getToken, getUser, upload } from './oapi.ts';
import { ApiRefusal, OapiRefusal } from './refusal.ts';
import { downloadLink, robotsInGroup, sendDing, sendToGroup, sendToPeople } from './robot.ts';
import type { Stream } from './stream.ts';
import type { Tokens } from './tokens.ts';
import type { WebhookRobots } from './webhook-robot.ts';
import type { DingWorld } from './world.ts';

/** What both hosts work on. */
export interface ApiContext {
  readonly world: DingWorld;
  readonly tokens: Tokens;
  readonly stream: Stream;
  readonly limiter: DingLimiter;
  readonly quirks: CardQuirks;
  /** Permissions of the app; take one away and its APIs refuse. */
  readonly scopes: Set<string>;
  /** People to whom the robot has written too much. */
  readonly flowControlled: Set<string>;
  readonly webhookRobots: WebhookRobots;
  /** Of a token that is worth nothing; both have been seen: UNCONFIRMED which is when. */
  invalidTokenStatus: 400 | 401;
  filesUrl(): string;
}

interface Route<Body> {
  readonly scope: string | null;
  /** False: it does not count for the month. */
  readonly counted: boolean;
  run(context: ApiContext, body: unknown, request: FakeRequest): Body | Promise<Body>;
}

const robotScope = 'qyapi_robot_sendmsg';
const cardScope = 'Card.Instance.Write';
const apiRoutes: Readonly<Record<string, Route<object>>> = {
  'POST /v1.0/robot/groupMessages/send': { scope: robotScope, counted: true, run: ({ world }, body) => sendToGroup(world, body) },
  'POST /v1.0/robot/oToMessages/batchSend': {
    ...{ scope: robotScope, counted: true },
    run: ({ world, flowControlled }, body) => sendToPeople(world, flowControlled, body),
  },
  'POST /v1.0/robot/ding/send': { scope: 'Premium.Ding.Write', counted: true, run: ({ world }, body) => sendDing(world, body) },
  'POST /v1.0/robot/messageFiles/download': {
    ...{ scope: robotScope, counted: true },
    run: ({ world, filesUrl }, body) => downloadLink(world, filesUrl(), body),
  },
  'POST /v1.0/robot/getBotListInGroup': { scope: 'qyapi_chat_manage', counted: true, run: ({ world }, body) => robotsInGroup(world, body) },
  'POST /v1.0/card/instances/createAndDeliver': {
    ...{ scope: cardScope, counted: true },
    run: ({ world, quirks }, body) => createAndDeliver(world, quirks, body),
  },
  'POST /v1.0/card/instances': { scope: cardScope, counted: true, run: ({ world, quirks }, body) => createCard(world, quirks, body) },
  'POST /v1.0/card/instances/deliver': { scope: cardScope, counted: true, run: ({ world }, body) => deliverExisting(world, body) },
  'PUT /v1.0/card/instances': { scope: cardScope, counted: true, run: ({ world, quirks }, body) => updateCard(world, quirks, body) },
};
const oapiRoutes: Readonly<Record<string, Route<object>>> = {
  'POST /topapi/v2/user/get': { scope: 'qyapi_get_member', counted: false, run: ({ world }, body) => getUser(world, body) },
  'POST /media/upload': { scope: null, counted: true, run: ({ world }, _body, request) => upload(world, request) },
};

/** `api.dingtalk.com`: refusals have an HTTP status and a code. */
export async function answerApi(context: ApiContext, request: FakeRequest): Promise<FakeAnswer> {
  const name = `${request.method} ${request.path}`;
  const reply = (status: number, body: object) => json(status, body);
  try {
    const body = jsonBody(request);
    if (name === 'POST /v1.0/oauth2/accessToken') return reply(200, issueToken(context, body));
    if (name === 'POST /v1.0/gateway/connections/open') return reply(200, context.stream.open(body));
    const route = apiRoutes[name];
    if (!route) throw new ApiRefusal(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.');
    if (!context.tokens.good(request.headers['x-acs-dingtalk-access-token']))
      throw new ApiRefusal(context.invalidTokenStatus, 'InvalidAuthentication', '不合法的access_token');
    context.limiter.take(name, 'api', route.counted);
    if (route.scope !== null && !context.scopes.has(route.scope)) {
      const accessdenieddetail = { requiredScopes: [route.scope] };
      throw new ApiRefusal(403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied', '没有调用该接口的权限', { accessdenieddetail });
    }
    return reply(200, await route.run(context, body, request));
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    const { status, code, message, extra } = error;
    return reply(status, { requestid: context.world.nextId('request-').toUpperCase(), code, message, ...extra });
  }
}

function issueToken({ tokens }: ApiContext, body: unknown): object {
  const { appKey, appSecret } = body as { readonly appKey?: unknown; readonly appSecret?: unknown };
  const issued = tokens.issue(String(appKey), String(appSecret));
  if (!issued) throw new ApiRefusal(400, 'invalidClientIdOrSecret', '无效的clientId或者clientSecret');
  return { accessToken: issued.token, expireIn: issued.expiresInSeconds };
}

/** `oapi.dingtalk.com`: refusals are HTTP 200 with `errcode`. */
export async function answerOapi(context: ApiContext, request: FakeRequest): Promise<FakeAnswer> {
  const name = `${request.method} ${request.path}`;
  const reply = (body: object) => json(200, { ...body, request_id: context.world.nextId('request-') });
  try {
    if (name === 'GET /gettoken') return reply({ errcode: 0, errmsg: 'ok', ...getToken(context.tokens, request.query) });
    if (name === 'POST /robot/send') return reply({ errcode: 0, errmsg: 'ok', ...context.webhookRobots.send(request, jsonBody(request)) });
    const route = oapiRoutes[name];
    if (!route) throw new OapiRefusal(22, 'Invalid method');
    const top = request.path.startsWith('/topapi/');
    if (!context.tokens.good(request.query.get('access_token'))) refuseToken(top);
    context.limiter.take(name, 'oapi', route.counted);
    if (route.scope !== null && !context.scopes.has(route.scope))
      throw new OapiRefusal(88, 'ding talk error[subcode=60011,submsg=没有调用该接口的权限]', {
        sub_code: '60011',
        sub_msg: '没有调用该接口的权限',
      });
    const body = top ? jsonBody(request) : null;
    return reply({ errcode: 0, errmsg: 'ok', ...(await route.run(context, body, request)) });
  } catch (error) {
    if (error instanceof ApiRefusal) return reply({ errcode: 40035, errmsg: '不合法的参数' });
    if (!(error instanceof OapiRefusal)) throw error;
    return reply({ errcode: error.errcode, errmsg: error.message, ...error.extra });
  }
}

/** The newer half of this host wraps it. */
function refuseToken(top: boolean): never {
  if (!top) throw new OapiRefusal(40014, '不合法的access_token');
  throw new OapiRefusal(88, 'ding talk error[subcode=40014,submsg=不合法的access_token]', {
    ...{ sub_code: '40014', sub_msg: '不合法的access_token' },
  });
}

/** The link's own signature is what counts; a token that comes with it is one that was sent to a stranger. */
export function serveFile({ world }: ApiContext, request: FakeRequest): FakeAnswer {
  const code = decodeURIComponent(request.path.slice(request.path.lastIndexOf('/') + 1));
  const file = world.downloads.get(code);
  const denied = (status: number, why: string): FakeAnswer => ({
    ...{ status, headers: { 'content-type': 'application/xml' } },
    body: `<?xml version="1.0"?><Error><Code>${why}</Code></Error>`,
  });
  if (request.headers['x-acs-dingtalk-access-token'] || request.headers['authorization']) return denied(400, 'InvalidArgument');
  if (Number(request.query.get('Expires')) < world.now()) return denied(403, 'AccessDenied');
  if (!file?.bytes) return denied(404, 'NoSuchKey');
  return { status: 200, headers: { 'content-type': file.mimeType }, body: file.bytes };
}

function jsonBody({ method, headers, body }: FakeRequest): unknown {
  if (method === 'GET' || body.length === 0) return {};
  if (!headers['content-type']?.startsWith('application/json'))
    throw new ApiRefusal(400, 'MissingContentType', 'application/json is wanted');
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ApiRefusal(400, 'InvalidParameter', 'the body is no JSON');
  }
}

const json = (status: number, body: object): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json;charset=utf-8' },
  body: JSON.stringify(body),
});
