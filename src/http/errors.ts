import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Log } from '../log.ts';
import { storeTroubleOf } from '../store/trouble.ts';
import { HttpError, requestIdOf } from './request.ts';

/** How an area tells its callers what went wrong. */
export type ErrorAnswer = (response: Response, error: HttpError) => void;

/** For hooks: machines read the status alone. */
export const emptyError: ErrorAnswer = (response, { status }) => {
  response.status(status).end();
};

/** `{"error": {"code", "message"}}`, and `details` where there are several things to say. */
export const jsonError: ErrorAnswer = (response, { status, code, message, details }) => {
  response.status(status).json({ error: { code, message, ...(details.length > 0 ? { details } : {}) } });
};

export const notFound: RequestHandler = (_request, _response, next) => next(new HttpError(404, 'not-found', 'there is nothing here'));

/** With every 503: by then somebody may have done something about it. */
const retryAfterSeconds = 5;

/** The last handler of an area. A caller never sees a stack trace or the words of an unforeseen error. */
export function errorHandler(log: Log, answer: ErrorAnswer): ErrorRequestHandler {
  return (cause: unknown, request, response, next) => {
    const error = toHttpError(cause);
    const fields = { requestId: requestIdOf(response), method: request.method, path: request.path, status: error.status };
    if (error.status >= 500 && !(cause instanceof HttpError && error.status === 503))
      log.error({ ...fields, err: cause }, 'request failed');
    if (response.headersSent) return next(cause);
    if (error.status === 503) response.setHeader('retry-after', String(retryAfterSeconds));
    // The rest of a body that is not wanted would otherwise be taken for the next request, or read to its end.
    if (error.status === 413 || error.status === 415) response.setHeader('connection', 'close');
    answer(response, error);
  };
}

/** Express marks what the caller did wrong with a 4xx status. */
function toHttpError(cause: unknown): HttpError {
  if (cause instanceof HttpError) return cause;
  const status = cause instanceof Error && 'status' in cause && typeof cause.status === 'number' ? cause.status : 500;
  if (status >= 400 && status < 500) return new HttpError(status, 'bad-request', 'the request cannot be read');
  if (storeTroubleOf(cause) !== null) return new HttpError(503, 'unavailable', 'the store is away or takes no writes; try again later');
  return new HttpError(500, 'internal', 'something went wrong here; the log has it under the id of this request');
}
