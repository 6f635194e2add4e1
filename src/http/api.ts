import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Locale } from '../core/texts/index.ts';
import { text } from '../core/texts/index.ts';
import type { Notice } from '../core/thread.ts';
import { StoreError } from '../embedded/index.ts';
import type { DeadLetterChange, DeadLetterDetail } from '../store/dead-letters.ts';
import type { DeliveryFilter } from '../store/pages.ts';
import type { HttpDeps } from './deps.ts';
import { pagingQuery, toPageAnswer, toPageRequest } from './paging.ts';
import { json, param, parse, parseQuery, refuse, shopNamed, utf8 } from './parse.ts';
import { practice } from './practice.ts';
import { bodyOf, HttpError, localeOf, methodNotAllowed, rawBody } from './request.ts';
import { explainRoute, routeQuestion } from './route-api.ts';
import { stats } from './stats.ts';

type Sentences = Notice['reasons'];

const maxConfigBytes = 1024 * 1024;
const maxQuestionBytes = 16 * 1024;
const maxTemplateBytes = 128 * 1024;
const flag = z.enum(['0', '1', 'true', 'false', '']).transform((value) => value !== '0' && value !== 'false');
const deliveryStates = ['queued', 'sending', 'uncertain', 'settling', 'held', 'merged', 'sent', 'failed', 'cancelled', 'dead'] as const;
/** What still has to leave, or waits for a person. */
const unfinished = ['queued', 'sending', 'uncertain', 'settling', 'held'] as const;

const queries = {
  none: z.strictObject({}),
  paging: z.strictObject(pagingQuery),
  apply: z.strictObject({ dryRun: flag.default(false) }),
  inquiries: z.strictObject({
    ...pagingQuery,
    open: flag.optional(),
    status: z.enum(['waiting', 'answered', 'resolved']).optional(),
    shop: z.string().max(256).optional(),
    unrouted: flag.default(false),
  }),
  outbox: z.strictObject({ ...pagingQuery, state: z.enum(deliveryStates).optional(), gate: z.string().max(256).optional() }),
  deadLetters: z.strictObject({ ...pagingQuery, box: z.enum(['inbox', 'outbox']).optional() }),
  route: z.strictObject({ shop: z.string().min(1).max(256) }),
};
// Not by `min` and `max`: those ask a value of any type for its length, and stumble over some.
const connectBody = z.strictObject({ marketplace: z.string().regex(/^.{1,64}$/s, 'expected a name') });
const word = z.string().regex(/^.{1,64}$/s, 'expected a word');
const templatePlace = { marketplace: word.nullable().default(null), language: word.nullable().default(null) };
const templateBody = z.strictObject({ name: word, ...templatePlace, text: z.string() });
const templateRemoval = z.strictObject(templatePlace);

/** The administration API (README, "API"). Whoever comes here has shown the token. */
export function api({ admin, clock, marketplaces }: HttpDeps): Router {
  const router = Router();

  const get = (path: string, handler: (request: Request, response: Response) => Promise<void>) =>
    router.route(path).get(handler).all(methodNotAllowed('GET'));
  const post = (path: string, ...handlers: RequestHandler[]) =>
    router
      .route(path)
      .post(...handlers)
      .all(methodNotAllowed('POST'));

  get('/shops', async (request, response) => {
    const { after, limit } = toPageRequest(parseQuery(queries.paging, request));
    const rest = (await admin.shops.list()).filter(({ _id }) => after === null || _id > after.id);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    response.json(toPageAnswer({ items, next: rest.length > limit && last ? { at: last.createdAt, id: last._id } : null }));
  });
  get('/shops/:id', async (request, response) => {
    response.json(await shopNamed(admin, param(request, 'id')));
  });
  post('/shops/:id/test', async (request, response) => {
    const shop = await shopNamed(admin, param(request, 'id'));
    response.json({ shop: shop._id, findings: await admin.shops.test(shop._id, localeOf(request)) });
  });
  post('/connect', rawBody(maxQuestionBytes), async (request, response) => {
    const { marketplace } = parse(connectBody, json(utf8(bodyOf(request))));
    if (!marketplaces.has(marketplace)) return refuse(404, 'unknown-marketplace', `${marketplace} is not configured here`);
    const ticket = await admin.createTicket(marketplace);
    if (!ticket) return refuse(409, 'no-oauth', `${marketplace} is connected by credentials in threadmart.yaml`);
    response.status(201).json({ marketplace, ...ticket });
  });
  post('/apply', rawBody(maxConfigBytes), async (request, response) => {
    const { dryRun } = parseQuery(queries.apply, request);
    const result = await admin.apply(utf8(bodyOf(request)), { dryRun, locale: localeOf(request) });
    if ('problems' in result)
      throw new HttpError(400, 'invalid-config', 'the configuration has problems; nothing was applied', result.problems);
    response.json({ dryRun, ...result });
  });

  get('/inquiries', async (request, response) => {
    const { open, status, shop, unrouted, ...paging } = parseQuery(queries.inquiries, request);
    const shopId = shop === undefined ? undefined : (await shopNamed(admin, shop))._id;
    const filter = {
      ...(open === undefined ? {} : { open }),
      ...(status === undefined ? {} : { status }),
      ...(shopId === undefined ? {} : { shopId }),
      unrouted,
    };
    response.json(toPageAnswer(await admin.pages.inquiries(filter, toPageRequest(paging))));
  });
  get('/inquiries/:id', async (request, response) => {
    parseQuery(queries.none, request);
    response.json((await admin.pages.inquiry(param(request, 'id'))) ?? refuse(404, 'not-found', 'no such inquiry'));
  });
  get('/inquiries/:id/messages', async (request, response) => {
    const paging = toPageRequest(parseQuery(queries.paging, request));
    const found = (await admin.pages.inquiry(param(request, 'id'))) ?? refuse(404, 'not-found', 'no such inquiry');
    response.json(toPageAnswer(await admin.pages.messages(found.inquiry._id, paging)));
  });
  get('/trace/:id', async (request, response) => {
    const trace = await admin.traces.trace(param(request, 'id'), await admin.traceScope());
    response.json(trace ?? refuse(404, 'not-found', 'nothing is known under this id'));
  });
  get('/outbox', async (request, response) => {
    const { state, gate, ...paging } = parseQuery(queries.outbox, request);
    const filter: DeliveryFilter = { states: state ? [state] : unfinished, ...(gate === undefined ? {} : { gate }) };
    response.json(toPageAnswer(await admin.pages.deliveries(filter, toPageRequest(paging))));
  });

  get('/dead-letters', async (request, response) => {
    const { box, ...paging } = parseQuery(queries.deadLetters, request);
    response.json(toPageAnswer(await admin.deadLetters.list(box ? { box } : {}, toPageRequest(paging))));
  });
  get('/dead-letters/:id', async (request, response) => {
    const letter = await admin.deadLetters.show(param(request, 'id'));
    response.json(letter ? toShownLetter(letter) : refuse(404, 'not-found', 'no such dead letter'));
  });
  const changing = (change: (id: string) => Promise<DeadLetterChange | null>): RequestHandler => {
    return async (request, response) => {
      const changed = (await change(param(request, 'id'))) ?? refuse(404, 'not-found', 'no such dead letter');
      if (!changed.changed && changed.state === 'dead') return refuse(409, 'unreadable', 'there is nothing in it that could be worked on');
      admin.wake();
      response.json(changed);
    };
  };
  post(
    '/dead-letters/:id/replay',
    changing((id) => admin.deadLetters.replay(id, clock.now())),
  );
  post(
    '/dead-letters/:id/discard',
    changing((id) => admin.deadLetters.discard(id, clock.now())),
  );

  const inWords = (request: Request, sentences: Sentences): readonly string[] =>
    sentences.map(({ key, params }) => text(localeOf(request), key, params));
  router
    .route('/templates')
    .get(async (request, response) => {
      const { after, limit } = toPageRequest(parseQuery(queries.paging, request));
      const rest = (await admin.templates.list()).filter(({ _id }) => after === null || _id > after.id);
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      response.json(toPageAnswer({ items, next: rest.length > limit && last ? { at: last.changedAt, id: last._id } : null }));
    })
    .post(rawBody(maxTemplateBytes), async (request, response) => {
      const given = parse(templateBody, json(utf8(bodyOf(request))));
      const result = await admin.templates.save(given, { by: null, as: 'either' });
      if ('problems' in result) throw new HttpError(400, 'invalid-template', 'it was not saved', inWords(request, result.problems));
      response.json({ ...result.saved, remarks: inWords(request, result.remarks) });
    })
    .all(methodNotAllowed('GET', 'POST'));
  get('/templates/:name', async (request, response) => {
    parseQuery(queries.none, request);
    const items = await admin.templates.named(param(request, 'name'));
    if (items.length === 0) return refuse(404, 'not-found', 'no such template');
    response.json({ items: items.map((one) => ({ ...one, remarks: inWords(request, admin.templates.remarks(one)) })), nextCursor: null });
  });
  post('/templates/:name/remove', rawBody(maxQuestionBytes), async (request, response) => {
    const place = { name: param(request, 'name'), ...parse(templateRemoval, json(utf8(bodyOf(request)))) };
    response.json({ removed: (await admin.templates.remove(place)) ?? refuse(404, 'not-found', 'no such template') });
  });

  const backups = () => admin.backups ?? refuse(409, 'use-mongodump', 'the data is in a MongoDB, which is backed up by its own means');
  router
    .route('/backup')
    .get(async (request, response) => {
      parseQuery(queries.none, request);
      const { kept, lastFailure } = await backups().status();
      response.json({ items: kept, nextCursor: null, lastFailure });
    })
    .post(async (request, response) => {
      parseQuery(queries.none, request);
      response.status(201).json(
        await backups()
          .make()
          .catch(backupFailure(localeOf(request))),
      );
    })
    .all(methodNotAllowed('GET', 'POST'));

  const explained = async (request: Request, question: unknown) => {
    const { shop, ...asked } = parse(routeQuestion, question);
    return explainRoute({ routing: admin.routing, shop: await shopNamed(admin, shop), locale: localeOf(request), now: clock.now() }, asked);
  };
  router
    .route('/route')
    .get(async (request, response) => {
      const { shop, match } = await explained(request, parseQuery(queries.route, request));
      response.json({ shop, channel: match?.outcome.channel ?? null });
    })
    .post(rawBody(maxQuestionBytes), async (request, response) => {
      response.json(await explained(request, json(utf8(bodyOf(request)))));
    })
    .all(methodNotAllowed('GET', 'POST'));
  router.use('/practice', practice({ admin }));
  router.use('/stats', stats({ admin, clock }));
  get('/doctor', async (request, response) => {
    response.json({ findings: await admin.doctor(localeOf(request)) });
  });
  return router;
}

const backupFailure =
  (locale: Locale) =>
  (error: unknown): never => {
    if (!(error instanceof StoreError)) throw error;
    throw new HttpError(500, 'backup-failed', 'no backup was made', [text(locale, `backup.failure.${error.failure}`)]);
  };

/** With the raw body as text where it is text, else as base64. */
function toShownLetter({ raw, ...letter }: DeadLetterDetail) {
  if (!raw) return { ...letter, raw };
  const body = Buffer.from(raw.body);
  const asText = body.toString('utf8');
  const isText = Buffer.from(asText, 'utf8').equals(body);
  const shown = isText ? { encoding: 'utf8', body: asText } : { encoding: 'base64', body: body.toString('base64') };
  return { ...letter, raw: { contentType: raw.contentType, ...shown } };
}
