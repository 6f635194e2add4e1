import type { MediaRef } from '../../src/core/message.ts';
import type { ShopAccess } from '../adapter.ts';

/**
 * Pictures in chats of Indonesian sellers are given only to the shop's own token and cipher; elsewhere a plain GET does.
 * Where the region is not known (a shop connected by the configuration) they go with it, but never to a host outside the list.
 * @see https://partner.tiktokshop.com/docv2/page/changelog (2025-09-30, privacy of image messages) read 2026-11-22
 */
export function toMediaRequest(
  { accessToken, extra }: ShopAccess,
  { url }: MediaRef,
  mediaHosts: readonly string[],
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const region = extra['region'] ?? 'ID';
  if (region !== 'ID' || !URL.canParse(url)) return { url, headers: {} };
  const address = new URL(url);
  if (!mediaHosts.some((host) => matches(address.hostname, host))) return { url, headers: {} };
  const shopCipher = extra['shopCipher'];
  if (shopCipher) address.searchParams.set('shop_cipher', shopCipher);
  return { url: address.href, headers: { 'x-tts-access-token': accessToken } };
}

const matches = (hostname: string, host: string): boolean =>
  host.startsWith('.') ? hostname.endsWith(host) || hostname === host.slice(1) : hostname === host;
