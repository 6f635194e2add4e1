import { ApiRefusal, OapiRefusal } from './refusal.ts';

/**
 * Limits that are enforced when they are asked for.
 * @see https://open.dingtalk.com/document/development/how-to-process-api-throttling-on-the-dingtalk-server (read 2026-11-28)
 */
export interface DingLimits {
  /** Calls a second of one API; 20 in the standard edition. Absent: as many as one likes. */
  readonly perSecond?: number;
  /** Calls a month of the whole organisation, tokens and contacts not counted; 10,000 by the page. Absent: as many as one likes. */
  readonly perMonth?: number;
}

export interface DingLimiter {
  /** Counts one call. @throws ApiRefusal, OapiRefusal when it is one too many */
  take(api: string, host: 'api' | 'oapi', counted: boolean): void;
  /** Calls of this month that count. */
  readonly used: number;
}

/** @param timeScale how many times faster than the real platform seconds pass */
export function createLimiter(now: () => number, timeScale: number, limits: DingLimits): DingLimiter {
  const seconds = new Map<string, { second: number; calls: number }>();
  let used = 0;
  return {
    get used() {
      return used;
    },
    take(api, host, counted) {
      if (counted && limits.perMonth !== undefined && used >= limits.perMonth) {
        if (host === 'oapi') throw new OapiRefusal(90020, '您的企业调用量已超过当月上限');
        throw new ApiRefusal(403, 'Forbidden.AccessDenied.ApiCountLimitForOrg', '企业接口调用量已达到当月上限');
      }
      if (limits.perSecond !== undefined) {
        const second = Math.floor((now() * timeScale) / 1000);
        const window = seconds.get(api);
        if (window?.second !== second) seconds.set(api, { second, calls: 1 });
        else {
          window.calls += 1;
          if (window.calls > limits.perSecond) tooFast(host);
        }
      }
      if (counted) used += 1;
    },
  };
}

/** No `Retry-After` comes with it; the page says to wait a second. */
function tooFast(host: 'api' | 'oapi'): never {
  if (host === 'oapi') throw new OapiRefusal(90018, '您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了');
  throw new ApiRefusal(403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', '应用调用该接口的请求太频繁');
}
