import { z } from 'zod';
import type { Page, PagePosition, PageRequest } from '../store/pages.ts';
import { HttpError } from './request.ts';

const maxLimit = 200;
const defaultLimit = 50;

/** What every list takes besides its own filters. */
export const pagingQuery = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'expected a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= maxLimit, `expected 1 to ${maxLimit}`)
    .default(defaultLimit),
  cursor: z.string().max(1_024).optional(),
} as const;

const position = z.tuple([z.number().int().min(-8.64e15).max(8.64e15), z.string().regex(/^.{0,512}$/s)]);

export function toPageRequest({ limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }): PageRequest {
  return { limit, after: cursor === undefined ? null : decodeCursor(cursor) };
}

/** `{items, nextCursor}`; null behind the last page. */
export function toPageAnswer<T>({ items, next }: Page<T>): { readonly items: readonly T[]; readonly nextCursor: string | null } {
  return { items, nextCursor: next && encodeCursor(next) };
}

/** A place in a list: a time and an id. Opaque to the caller, who hands it back unread. */
function encodeCursor({ at, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([at.getTime(), id])).toString('base64url');
}

function decodeCursor(cursor: string): PagePosition {
  const refused = new HttpError(400, 'bad-cursor', 'this cursor is not one of ours');
  if (!/^[\w-]+$/.test(cursor)) throw refused;
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refused;
  }
  const parsed = position.safeParse(decoded);
  if (!parsed.success) throw refused;
  const [time, id] = parsed.data;
  return { at: new Date(time), id };
}
