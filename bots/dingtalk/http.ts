import { z } from 'zod';

/** What the platform's two servers say where something went wrong: `code` on the new one, `errcode` (0: nothing is wrong) on the old one, a bare `status` at the gate. */
const errorShape = z.looseObject({
  code: z.union([z.string(), z.number()]).nullish(),
  errcode: z.number().nullish(),
  sub_code: z.union([z.string(), z.number()]).nullish(),
  status: z.number().nullish(),
  success: z.boolean().nullish(),
  requestid: z.string().nullish(),
  requestId: z.string().nullish(),
  request_id: z.string().nullish(),
});

/** The platform's code for what went wrong; null: nothing did, or it is no answer of the platform's. */
export function errorIn(answer: unknown): string | null {
  const { data } = errorShape.safeParse(answer);
  if (!data) return null;
  if (data.errcode != null && data.errcode !== 0)
    return String(data.errcode === 88 && data.sub_code != null ? data.sub_code : data.errcode);
  if (data.code != null && data.code !== '' && String(data.code) !== '0') return String(data.code);
  if (data.status === 1111) return '1111';
  return data.success === false ? 'unsuccessful' : null;
}

export function requestIdIn(answer: unknown): string | undefined {
  const { data } = errorShape.safeParse(answer);
  return data?.requestid ?? data?.requestId ?? data?.request_id ?? undefined;
}

/** Seconds, as HTTP has it; the platform is not known to send it, a gateway on the way may. */
export function retryAfterIn(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
