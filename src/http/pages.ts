import { createHash } from 'node:crypto';
import type { Response } from 'express';
import type { Locale } from '../core/texts/index.ts';

const style = [
  'body{font:16px/1.6 system-ui,sans-serif;margin:0;background:#f5f6f8;color:#1c1e21}',
  'main{max-width:34rem;margin:12vh auto;padding:2rem;background:#fff;border-radius:12px;box-shadow:0 1px 4px #0002}',
  'h1{font-size:1.3rem;margin:0 0 1rem}p,li{overflow-wrap:anywhere}',
].join('');

/** A page runs nothing and loads nothing; its one style sheet is named by its hash. */
export const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'style-src': [`'sha256-${createHash('sha256').update(style).digest('base64')}'`],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
};

export interface PageContent {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly list?: readonly string[];
}

/** Sends a small page that needs nothing else. Every value is escaped here. */
export function sendPage(response: Response, status: number, locale: Locale, { title, paragraphs, list = [] }: PageContent): void {
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(list.length > 0 ? [`<ul>${list.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`] : []),
  ].join('\n');
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style>`;
  response
    .status(status)
    .setHeader('cache-control', 'no-store')
    .type('html')
    .send(`<!doctype html>\n<html lang="${locale}"><head>${head}</head><body><main>\n${body}\n</main></body></html>\n`);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(value: string): string {
  return value.toWellFormed().replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
