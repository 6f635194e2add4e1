/** A refusal of `api.dingtalk.com`: an HTTP status and a code with dots. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message = code, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

/** A refusal of `oapi.dingtalk.com`: HTTP 200 with `errcode`. */
export class OapiRefusal extends Error {
  override readonly name = 'OapiRefusal';
  readonly errcode: number;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(errcode: number, errmsg: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(errmsg);
    this.errcode = errcode;
    this.extra = extra;
  }
}
