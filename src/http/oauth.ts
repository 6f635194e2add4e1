import { Router } from 'express';
import { text } from '../core/texts/index.ts';
import type { HttpDeps } from './deps.ts';
import { errorHandler, notFound } from './errors.ts';
import { sendPage } from './pages.ts';
import { HttpError, localeOf, methodNotAllowed, queryOf, requestIdOf } from './request.ts';

/** No honest query of an authorisation is longer. */
const maxQueryChars = 8_192;

/** The pages between a seller and the marketplace. They work without a login: a one-time ticket, then the marketplace's `state`, stand for it. */
export function oauth({ oauth: port, marketplaces, labelOf, log }: HttpDeps): Router {
  const router = Router();

  router.use('/:marketplace', (request, _response, next) => {
    if (!marketplaces.has(request.params.marketplace)) throw new HttpError(404, 'not-found', 'no such marketplace');
    if (request.originalUrl.length > maxQueryChars) throw new HttpError(414, 'too-long', 'the address is too long');
    next();
  });

  router
    .route('/:marketplace/start')
    .get(async (request, response) => {
      const started = await port.start(request.params.marketplace, queryOf(request)['ticket'] ?? '');
      if (started.ok) {
        response.setHeader('cache-control', 'no-store').redirect(303, started.url);
        return;
      }
      const locale = localeOf(request);
      sendPage(response, 400, locale, {
        title: text(locale, 'page.not-connected'),
        paragraphs: [text(locale, started.problem.key, started.problem.params), text(locale, 'page.start-again')],
      });
    })
    .all(methodNotAllowed('GET'));

  router
    .route('/:marketplace/callback')
    .get(async (request, response) => {
      const { marketplace } = request.params;
      const locale = localeOf(request);
      const finished = await port.finish(marketplace, queryOf(request));
      if (finished.ok) {
        sendPage(response, 200, locale, {
          title: text(locale, 'page.connected', { marketplace: labelOf(marketplace) }),
          paragraphs: [text(locale, 'page.connected-hint')],
          list: finished.shops.map(({ name, externalId }) => `${name} (${externalId})`),
        });
        return;
      }
      sendPage(response, 400, locale, {
        title: text(locale, 'page.not-connected'),
        paragraphs: [text(locale, finished.problem.key, finished.problem.params), text(locale, 'page.start-again')],
      });
    })
    .all(methodNotAllowed('GET'));

  router.use(
    notFound,
    errorHandler(log, (response, { status }) => {
      const locale = localeOf(response.req);
      const explained = text(locale, status >= 500 ? 'page.failed' : 'page.nothing-here', { requestId: requestIdOf(response) });
      sendPage(response, status, locale, { title: text(locale, 'page.not-connected'), paragraphs: [explained] });
    }),
  );
  return router;
}
