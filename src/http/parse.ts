import type { Request } from 'express';
import type { z } from 'zod';
import type { Shop } from '../core/shop.ts';
import type { AdminPort } from './deps.ts';
import { HttpError, queryOf } from './request.ts';

/** By our own id, or the marketplace's where that names one shop only. */
export async function shopNamed(admin: Pick<AdminPort, 'shops'>, id: string): Promise<Shop> {
  const shops = await admin.shops.list();
  const own = shops.find(({ _id }) => _id === id);
  const [external, another] = shops.filter(({ externalId }) => externalId === id);
  const found = own ?? (another ? undefined : external);
  return found ?? refuse(404, 'not-found', 'no such shop');
}

export function refuse(status: number, code: string, message: string): never {
  throw new HttpError(status, code, message);
}

export function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse(400, 'bad-request', 'the body is not UTF-8');
  }
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(400, 'bad-request', 'the body is not JSON');
  }
}

/** Of the path. */
export function param(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

export function parseQuery<T>(schema: z.ZodType<T>, request: Request): T {
  return parse(schema, { ...queryOf(request) });
}

/** @throws HttpError 400, with the fields that are not as expected */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  throw new HttpError(400, 'bad-request', 'the request is not as expected', details);
}
