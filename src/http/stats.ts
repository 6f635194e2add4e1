import { Router } from 'express';
import { z } from 'zod';
import { groupings, type StatsScope } from '../core/figures/answer.ts';
import { drillNames, namedDrills } from '../core/figures/drill.ts';
import { mostDays, type StatsRange, statsRange } from '../core/figures/range.ts';
import { sheetNames } from '../core/figures/sheets.ts';
import { commonZone, isZone } from '../core/figures/zone.ts';
import { isReal } from '../core/practice/marks.ts';
import { exportFile, exportFormats } from '../figures/export.ts';
import type { HttpDeps } from './deps.ts';
import { pagingQuery, toPageAnswer, toPageRequest } from './paging.ts';
import { parseQuery, refuse, shopNamed } from './parse.ts';
import { methodNotAllowed } from './request.ts';

const name = z.string().max(256);
const scopeQuery = {
  range: z.string().max(64).default('today'),
  zone: z.string().max(64).refine(isZone, 'expected a time zone such as Asia/Bangkok').optional(),
  shop: name.optional(),
  marketplace: name.optional(),
  channel: name.optional(),
  agent: name.optional(),
} as const;
const queries = {
  none: z.strictObject({}),
  export: z.strictObject({
    ...scopeQuery,
    by: z.enum(groupings).optional(),
    format: z.enum(exportFormats),
    table: z.enum(sheetNames).default('days'),
  }),
  queue: z.strictObject({ shop: scopeQuery.shop, marketplace: scopeQuery.marketplace, limit: pagingQuery.limit }),
  mine: z.strictObject({ user: name }),
  agents: z.strictObject({ zone: scopeQuery.zone }),
  stats: z.strictObject({
    ...scopeQuery,
    ...pagingQuery,
    by: z.enum(groupings).optional(),
    drill: z.enum(drillNames).optional(),
    name: name.optional(),
  }),
};

/** Figures: `/api/stats`. */
export function stats({ admin, clock }: Pick<HttpDeps, 'admin' | 'clock'>): Router {
  const router = Router();
  const usualZone = async () => commonZone((await admin.shops.list()).filter(isReal).map(({ timezone }) => timezone));

  /** Days are those of the zone given, else the shop's, else, where all shops have the same, theirs, else UTC. */
  async function scoped(
    query: z.infer<z.ZodObject<typeof scopeQuery>>,
  ): Promise<{ readonly range: StatsRange; readonly scope: StatsScope }> {
    const shop = query.shop === undefined ? null : await shopNamed(admin, query.shop);
    const zone = query.zone ?? (shop ? shop.timezone : await usualZone());
    const range = statsRange(query.range, zone, clock.now());
    if (range === null)
      return refuse(
        400,
        'bad-range',
        `expected today, yesterday, 7d, 30d, 2026-11-01 or 2026-11-01..2026-11-30, of ${mostDays} days at most`,
      );
    const { marketplace, channel, agent } = query;
    const scope = {
      ...(shop ? { shop: shop._id } : {}),
      ...(marketplace === undefined ? {} : { marketplace }),
      ...(channel === undefined ? {} : { channel: channelKey(channel) }),
      ...(agent === undefined ? {} : { agent }),
    };
    return { range, scope };
  }

  router
    .route('/')
    .get(async (request, response) => {
      const { by, drill, name: drillName, limit, cursor, ...given } = parseQuery(queries.stats, request);
      const { range, scope } = await scoped(given);
      if (drill === undefined) {
        response.json(await admin.statistics.stats.answer({ range, scope, by: by ?? null }));
        return;
      }
      if (namedDrills.has(drill) !== (drillName !== undefined))
        return refuse(400, 'bad-request', namedDrills.has(drill) ? `${drill} needs a name` : `${drill} takes no name`);
      const page = await admin.statistics.stats.behind(
        { range, scope, figure: drill, name: drillName ?? null },
        toPageRequest({ limit, cursor }),
      );
      response.json(toPageAnswer(page ?? refuse(400, 'bad-request', `${drill} is no figure of one agent`)));
    })
    .all(methodNotAllowed('GET'));

  router
    .route('/export')
    .get(async (request, response) => {
      const { by, format, table, ...given } = parseQuery(queries.export, request);
      const { range, scope } = await scoped(given);
      const file = await exportFile(admin.statistics.stats, { range, scope, by: by ?? null, format, table });
      if (!file) throw new Error('an export of any length was asked for');
      const { name, mimeType, bytes } = file;
      response.set({ 'content-type': mimeType, 'content-disposition': `attachment; filename="${name}"` }).send(bytes);
    })
    .all(methodNotAllowed('GET'));

  router
    .route('/queue')
    .get(async (request, response) => {
      const { shop, marketplace, limit } = parseQuery(queries.queue, request);
      const scope = {
        ...(shop === undefined ? {} : { shop: (await shopNamed(admin, shop))._id }),
        ...(marketplace === undefined ? {} : { marketplace }),
      };
      response.json(await admin.statistics.desk.queue(scope, limit));
    })
    .all(methodNotAllowed('GET'));
  router
    .route('/mine')
    .get(async (request, response) => {
      response.json(await admin.statistics.desk.mine(parseQuery(queries.mine, request).user));
    })
    .all(methodNotAllowed('GET'));
  router
    .route('/agents')
    .get(async (request, response) => {
      const zone = parseQuery(queries.agents, request).zone ?? (await usualZone());
      response.json({ items: await admin.statistics.desk.agents(zone), nextCursor: null });
    })
    .all(methodNotAllowed('GET'));

  router
    .route('/rebuild')
    .get(async (request, response) => {
      parseQuery(queries.none, request);
      response.json(await admin.statistics.rebuild.state());
    })
    .post(async (request, response) => {
      parseQuery(queries.none, request);
      response.status(202).json(await admin.statistics.rebuild.begin());
    })
    .all(methodNotAllowed('GET', 'POST'));
  return router;
}

/** As in `threadmart.yaml`: `slack/C0123456789` is of the connection `default`. */
function channelKey(given: string): string {
  const [platform = '', ...rest] = given.split('/');
  return rest.length === 1 ? `${platform}/default/${rest[0]}` : given;
}
