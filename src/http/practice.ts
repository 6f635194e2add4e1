import { Router } from 'express';
import { z } from 'zod';
import { text } from '../core/texts/index.ts';
import type { HttpDeps } from './deps.ts';
import { json, parse, parseQuery, utf8 } from './parse.ts';
import { bodyOf, HttpError, localeOf, methodNotAllowed, rawBody } from './request.ts';

const none = z.strictObject({});
const maxBodyBytes = 4 * 1024;
const question = z.strictObject({ channel: z.string().regex(/^.{1,256}$/s, 'expected a channel such as slack/C0123456789') });

/** The practice shop: `/api/practice`. */
export function practice({ admin }: Pick<HttpDeps, 'admin'>): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      parseQuery(none, request);
      response.json({ practice: await admin.practice.state() });
    })
    .post(rawBody(maxBodyBytes), async (request, response) => {
      const locale = localeOf(request);
      const answer = await admin.practice.open(parse(question, json(utf8(bodyOf(request)))).channel, locale);
      if ('refused' in answer) throw new HttpError(400, 'practice-refused', 'the practice shop was not opened', answer.refused);
      if ('exists' in answer) {
        const { shop, channel, removing, buyers, waiting } = answer.exists;
        const params = { id: shop._id, channel, since: shop.createdAt.toISOString().slice(0, 16), buyers, waiting };
        const sentence = text(locale, removing ? 'cli.practice.removing' : 'cli.practice.state', params);
        throw new HttpError(409, 'practice-exists', 'there is a practice shop already', [sentence]);
      }
      response.status(201).json({ practice: answer.opened });
    })
    .all(methodNotAllowed('GET', 'POST'));
  router
    .route('/remove')
    .post(async (request, response) => {
      parseQuery(none, request);
      response.json({ removed: await admin.practice.remove() });
    })
    .all(methodNotAllowed('POST'));
  return router;
}
