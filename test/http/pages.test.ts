import { afterEach, describe, expect, it } from 'vitest';
import { type Stand, startStand } from './stand.ts';

let stand: Stand;
afterEach(() => stand.close());

const open = (path: string, language = 'en') =>
  fetch(`${stand.url}${path}`, { redirect: 'manual', headers: { 'accept-language': language } });

describe('the pages of an authorisation', () => {
  it('sends the seller to the marketplace for a good ticket only', async () => {
    stand = await startStand();
    const answer = await open('/oauth/stub/start?ticket=t1');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://seller.example.com/authorize?service=stub']);
    for (const query of ['', '?ticket=', '?ticket=t2', '?ticket=t2&ticket=t1', '?ticket[]=t1']) {
      const refused = await open(`/oauth/stub/start${query}`);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain('threadmart shops connect');
    }
  });

  it('names the connected shops, escaped, on a page that runs nothing', async () => {
    stand = await startStand();
    const answer = await open('/oauth/stub/callback?state=s1&code=secret-code');
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; (7494049642642441621)');
    expect(page).not.toContain('<script');
    expect(page).toContain('The stub');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';style-src 'sha256-/);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(stand.logLines.join('')).not.toContain('secret-code');
  });

  it('speaks the reader’s language', async () => {
    stand = await startStand();
    expect(await (await open('/oauth/stub/callback', 'zh-TW,zh;q=0.9,en;q=0.1')).text()).toContain('<html lang="zh-CN">');
    expect(await (await open('/oauth/stub/callback', 'fr')).text()).toContain('Not connected');
    expect(await (await open('/oauth/stub/callback', ';;;q=,')).text()).toContain('Not connected');
  });

  it('has no page for other marketplaces, methods and endless addresses', async () => {
    stand = await startStand();
    expect((await open('/oauth/other/start?ticket=t1')).status).toBe(404);
    expect((await open('/oauth/__proto__/callback')).status).toBe(404);
    expect((await open('/oauth/stub/elsewhere')).status).toBe(404);
    expect((await open(`/oauth/stub/callback?state=${'s'.repeat(9_000)}`)).status).toBe(414);
    expect((await fetch(`${stand.url}/oauth/stub/start?ticket=t1`, { method: 'POST' })).status).toBe(405);
  });

  it('shows a sentence and a number when something breaks', async () => {
    stand = await startStand({
      oauth: { start: () => Promise.reject(new Error('inner words')), finish: () => Promise.reject(new Error('inner words')) },
    });
    const answer = await open('/oauth/stub/callback?state=s1');
    const page = await answer.text();
    expect(answer.status).toBe(500);
    expect(page).toContain(answer.headers.get('x-request-id'));
    expect(page).not.toContain('inner words');
  });
});
