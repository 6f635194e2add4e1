import type { Request, Response } from 'express';
import { Router } from 'express';
import type { Answer, Received } from '../core/connector.ts';
import { defaultConnection } from '../core/settings.ts';
import type { Timers } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { HttpDeps, Receiver } from './deps.ts';
import { emptyError, errorHandler, notFound } from './errors.ts';
import { HttpError, methodNotAllowed, rawBody, requestIdOf, toRawRequest } from './request.ts';

const maxBodyBytes = 1024 * 1024;
/** Below the three seconds after which TikTok Shop and Slack give up; a redelivery finds what was stored late. */
const storeDeadlineMs = 2_500;

/**
 * What marketplaces and chat platforms send: verified, stored, and only then acknowledged.
 * 401: wrong signature; 404: no such connector; 413: too large; 503: the store is away, send it again.
 */
export function hooks(deps: HttpDeps): Router {
  const router = Router();
  const read = rawBody(maxBodyBytes);

  const receiver = (source: string, found: Receiver | undefined): Receiver => {
    if (!found) throw new HttpError(404, 'not-found', `nothing is configured under ${source}`);
    return found;
  };

  router
    .route('/hooks/:marketplace')
    .all((request, _response, next) => {
      receiver(request.params.marketplace, deps.marketplaces.get(request.params.marketplace));
      next();
    })
    .get(read, (request, response) => take(request.params.marketplace, deps.marketplaces, request, response))
    .post(read, (request, response) => take(request.params.marketplace, deps.marketplaces, request, response))
    .all(methodNotAllowed('GET', 'POST'));

  const ofBot = (address: string) => {
    const sourceOf = ({ params }: Request): string => `${params['platform']}/${params['connection'] ?? defaultConnection}`;
    router
      .route(address)
      .all((request, _response, next) => {
        receiver(sourceOf(request), deps.bots.get(sourceOf(request)));
        next();
      })
      .post(read, (request, response) => take(sourceOf(request), deps.bots, request, response))
      .all(methodNotAllowed('POST'));
  };
  ofBot('/bots/:platform/events');
  ofBot('/bots/:platform/:connection/events');

  async function take(source: string, receivers: ReadonlyMap<string, Receiver>, request: Request, response: Response): Promise<void> {
    const startedAtMs = deps.clock.monotonicMs();
    const raw = toRawRequest(request, deps.clock.now());
    const seconds = () => (deps.clock.monotonicMs() - startedAtMs) / 1000;
    const received = verify(source, receiver(source, receivers.get(source)), raw, response);
    if (!received) {
      deps.metrics.acknowledged(source, 'refused', seconds());
      throw new HttpError(401, 'unauthorized', 'the signature is wrong or too old');
    }
    await deps.probe('received');
    const own = received.kind === 'event' && received.own === true;
    if (received.kind === 'handshake' || own) {
      await send(response, received.answer);
      deps.metrics.acknowledged(source, own ? 'own' : 'handshake', seconds());
      return;
    }
    try {
      if (!deps.readiness().ready) throw new NotStoredError('the service is not ready');
      await within(storeDeadlineMs, deps.timers, deps.store(source, received, raw));
    } catch (err) {
      deps.metrics.acknowledged(source, 'unavailable', seconds());
      deps.log.error({ requestId: requestIdOf(response), source, err }, 'an event could not be stored; its sender is asked to repeat it');
      throw new HttpError(503, 'unavailable', 'try again later');
    }
    await deps.probe('stored');
    const ask = received.kind === 'event' ? received.ask : undefined;
    const answer = ask ? await deps.answer(source, ask, deps.clock.monotonicMs() - startedAtMs) : null;
    await send(response, answer ?? received.answer);
    deps.metrics.acknowledged(source, received.kind === 'event' ? 'stored' : 'malformed', seconds());
    await deps.probe('acknowledged');
  }

  /** Null: not proven to come from the platform. A connector that stumbles over a request has not proven it either. */
  function verify(source: string, from: Receiver, raw: ReturnType<typeof toRawRequest>, response: Response): Received | null {
    try {
      return from.receive(raw);
    } catch (err) {
      const fields = { requestId: requestIdOf(response), source, err };
      if (err instanceof PlatformError && err.kind === 'rejected')
        deps.log.warn(fields, 'a request with a wrong or old signature was refused');
      else deps.log.error(fields, 'a request could not be verified and was refused');
      return null;
    }
  }

  router.use(['/hooks', '/bots'], notFound, errorHandler(deps.log, emptyError));
  return router;
}

class NotStoredError extends Error {
  override readonly name = 'NotStoredError';
}

/** Resolves when the answer has been handed to the network. A caller who has gone no longer matters. */
function send(response: Response, { status, headers, body }: Answer): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.writeHead(status, { ...headers }).end(body ?? '', () => resolve());
  });
}

/** Work that goes on after its deadline is nobody's any more; its outcome is heard all the same, so that it cannot end the process. */
function within<T>(deadlineMs: number, timers: Timers, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(deadlineMs, () => reject(new NotStoredError(`the store did not answer within ${deadlineMs} ms`)));
    work.finally(cancel).then(resolve, reject);
  });
}
