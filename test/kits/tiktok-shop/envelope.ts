import type { FakeAnswer } from '../fake-server.ts';

/**
 * HTTP status beside the body's `code`. The documents name the codes; the statuses other than 429 are a guess.
 * @see https://partner.tiktokshop.com/docv2/page/common-errors (read 2026-11-22)
 */
const statuses: Readonly<Record<number, number>> = {
  36009002: 429,
  36009003: 500,
  36009007: 504,
  36009009: 404,
  36009010: 405,
  36009021: 413,
  101000: 403,
  105002: 401,
  105005: 403,
  106001: 401,
  45101004: 429,
};

/** The platform says no; thrown by whatever part of the fake finds out. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;
  readonly status: number;

  constructor(code: number, message: string, status: number = statuses[code] ?? 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const json = { 'content-type': 'application/json; charset=utf-8' };

export function okAnswer(requestId: string, data: object): FakeAnswer {
  return { status: 200, headers: json, body: JSON.stringify({ code: 0, message: 'Success', request_id: requestId, data }) };
}

export function refusalAnswer(requestId: string, { code, status, message }: Refusal): FakeAnswer {
  return { status, headers: json, body: JSON.stringify({ code, message, request_id: requestId, data: null }) };
}
