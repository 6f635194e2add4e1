import express from 'express';
import helmet from 'helmet';
import { api } from './api.ts';
import { bearer } from './bearer.ts';
import type { HttpDeps } from './deps.ts';
import { errorHandler, jsonError, notFound } from './errors.ts';
import { hooks } from './hooks.ts';
import { oauth } from './oauth.ts';
import { contentSecurityPolicy } from './pages.ts';
import { methodNotAllowed, withRequestId } from './request.ts';

/** Everything that is served over HTTP. Owns no socket: see `startServer`. */
export function createApp(deps: HttpDeps): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Queries are read by ourselves, as plain strings.
  app.set('query parser', false);
  app.use(helmet({ contentSecurityPolicy }));
  app.use(withRequestId(deps));

  app
    .route('/healthz')
    .get((_request, response) => void response.json({ status: 'ok' }))
    .all(methodNotAllowed('GET'));
  app
    .route('/readyz')
    .get((_request, response) => {
      const { ready, checks } = deps.readiness();
      response.status(ready ? 200 : 503).json({ ready, checks: checks() });
    })
    .all(methodNotAllowed('GET'));
  app.use(hooks(deps));
  app.use('/oauth', oauth(deps));
  app
    .route('/metrics')
    .all(bearer(deps.adminToken))
    .get(async (_request, response) => {
      const { contentType, body } = await deps.metrics.render();
      response.type(contentType).send(body);
    })
    .all(methodNotAllowed('GET'));
  app.use('/api', bearer(deps.adminToken), api(deps));
  app.use(notFound, errorHandler(deps.log, jsonError));
  return app;
}
