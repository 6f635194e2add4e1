import type { World } from '../e2e/world.ts';

interface ListedShop {
  readonly externalId: string;
  readonly state: string;
}

/**
 * Sellers whose shop was paused authorise again, as its people are asked to: a process that is killed between the platform's answer and its own store takes a
 * refresh token with it that the platform accepts once. Resolves to how many did.
 */
export async function reconnectPaused({ tiktok, adminToken }: World, url: string, accessLifeMs: number): Promise<number> {
  const authorization = { authorization: `Bearer ${adminToken}` };
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const answer = await fetch(`${url}/api/${path}`, { headers: authorization, ...init });
    if (!answer.ok) throw new Error(`/api/${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  };
  const { items } = await ask<{ readonly items: readonly ListedShop[] }>('shops?limit=100');
  const paused = items.filter(({ state }) => state === 'paused');
  for (const { externalId } of paused) {
    tiktok.sellerWill({ grants: { shopIds: [externalId], accessLifeMs } });
    const ticket = await ask<{ readonly url: string }>('connect', { method: 'POST', body: '{"marketplace":"tiktok-shop"}' });
    const page = await redirectOf(ticket.url);
    const back = new URL(await redirectOf(page));
    const done = await fetch(`${url}${back.pathname}${back.search}`);
    if (!done.ok) throw new Error(`the authorisation ended with ${done.status}`);
  }
  return paused.length;
}

async function redirectOf(url: string): Promise<string> {
  const location = (await fetch(url, { redirect: 'manual' })).headers.get('location');
  if (!location) throw new Error('the page of authorisation leads nowhere');
  return location;
}
