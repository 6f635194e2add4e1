import type { Target, Trouble } from '../../contract/bot-kit.ts';
import type { FakeRequest, Fault } from '../fake-server.ts';

/** Which requests carry what. A card is created with its first state and then drawn again, so one call may carry several of these. */
const drawsCard = ({ method, path }: FakeRequest) => method === 'PUT' && path === '/v1.0/card/instances';
const createsCard = ({ path }: FakeRequest) => path === '/v1.0/card/instances/createAndDeliver';
const isPrivate = (request: FakeRequest) => createsCard(request) && request.body.includes('"recipients"');

export const matches: Readonly<Record<Target, (request: FakeRequest) => boolean>> = {
  post: (request) => drawsCard(request) || createsCard(request) || request.path.startsWith('/v1.0/robot/groupMessages/'),
  mark: drawsCard,
  card: drawsCard,
  private: isPrivate,
  form: isPrivate,
  upload: ({ path }) => path === '/media/upload',
  read: (request) => drawsCard(request) || request.path === '/topapi/v2/user/get' || request.path === '/v1.0/robot/getBotListInGroup',
};

const page = { headers: { 'content-type': 'text/html' }, body: '<html><body>Service Unavailable</body></html>' };
const busy = { code: 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', requestid: 'R', message: '应用调用该接口的请求太频繁' };
const json = { 'content-type': 'application/json;charset=utf-8' };

export function faultOf(target: Target, trouble: Trouble): Fault {
  switch (trouble) {
    case 'none':
      return { kind: 'slow', ms: 0 };
    case 'rate-limited':
      return target === 'upload'
        ? { kind: 'status', status: 200, headers: json, body: JSON.stringify({ errcode: 90018, errmsg: 'too fast' }) }
        : { kind: 'status', status: 403, headers: json, body: JSON.stringify(busy) };
    case 'server-error':
      // The gateway gives up after three seconds (https://github.com/open-dingtalk/developerpedia/blob/main/docs/develop/best-practices/retry.md, read 2026-11-28).
      return { kind: 'status', status: 504, ...page };
    case 'server-error-after':
      return { kind: 'status-after', status: 504, ...page };
    case 'html':
      return { kind: 'status', status: 200, ...page };
    case 'cut-before':
      return { kind: 'cut-before' };
    case 'cut-after':
      return { kind: 'cut-after' };
  }
}
