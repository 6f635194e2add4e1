import { afterEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/core/settings.ts';
import { text } from '../../src/core/texts/index.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { asAdmin, jsonOf, lampHouse, now, type Stand, startStand, stubAdmin } from './stand.ts';

let stand: Stand;
afterEach(() => stand.close());

type Practice = HttpDeps['admin']['practice'];
const startWith = async (practice: Partial<Practice>) => {
  stand = await startStand({ admin: { ...stubAdmin, settings: () => defaultSettings, practice: { ...stubAdmin.practice, ...practice } } });
};
const ask = (path = '', init: RequestInit = {}) =>
  fetch(`${stand.url}/api/practice${path}`, { ...init, headers: { ...asAdmin, 'accept-language': 'zh-CN' } });
const open = (body: unknown) => ask('', { method: 'POST', body: JSON.stringify(body) });

const shop = { ...lampHouse, practice: { channel: { platform: 'slack', connection: 'default', id: 'C1' } } };
const state = { shop, channel: 'slack/C1', removing: false, buyers: 4, waiting: 2 };

describe('/api/practice', () => {
  it('tells of the practice shop, or that there is none', async () => {
    await startWith({});
    expect(await jsonOf(await ask())).toEqual({ practice: null });
    await stand.close();
    await startWith({ state: async () => state });
    expect(await jsonOf(await ask())).toMatchObject({ practice: { channel: 'slack/C1', buyers: 4, shop: { _id: shop._id } } });
  });

  it('opens it in the language of who asks', async () => {
    const asked: string[] = [];
    await startWith({
      async open(channel, locale) {
        asked.push(channel, locale);
        return { opened: state };
      },
    });
    const answer = await open({ channel: 'slack/C1' });
    expect([answer.status, asked]).toEqual([201, ['slack/C1', 'zh-CN']]);
  });

  it('says why it was not opened', async () => {
    await startWith({ open: async () => ({ refused: ['no such channel'] }) });
    const refused = await open({ channel: 'slack/C1' });
    expect([refused.status, await jsonOf(refused)]).toMatchObject([
      400,
      { error: { code: 'practice-refused', details: ['no such channel'] } },
    ]);
    await stand.close();
    await startWith({ open: async () => ({ exists: state }) });
    const exists = await open({ channel: 'slack/C2' });
    const params = { id: shop._id, channel: 'slack/C1', since: now.toISOString().slice(0, 16), buyers: 4, waiting: 2 };
    expect([exists.status, await jsonOf(exists)]).toMatchObject([
      409,
      { error: { code: 'practice-exists', details: [text('zh-CN', 'cli.practice.state', params)] } },
    ]);
  });

  it('removes it, and takes nothing else', async () => {
    await startWith({ remove: async () => true });
    expect(await jsonOf(await ask('/remove', { method: 'POST' }))).toEqual({ removed: true });
    for (const body of [{}, { channel: '' }, { channel: 7 }, { channel: 'slack/C1', more: 1 }, 'slack/C1'])
      expect((await open(body)).status).toBe(400);
    expect((await ask('', { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${stand.url}/api/practice`)).status).toBe(401);
  });
});
