import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import { type DingTalkFake, startDingTalkFake } from '../kits/dingtalk/fake.ts';
import type { FarPost } from '../kits/dingtalk/far-end.ts';
import { environmentOf } from '../kits/tiktok-shop/environment.ts';
import { startTikTokShopFake, type TikTokShopFake } from '../kits/tiktok-shop/fake.ts';
import { eventually } from './eventually.ts';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

const group = 'cidEVENING0000000000000==';
const timeScale = 20;
const reply = text('en', 'board.reply');

describe('a team in DingTalk', () => {
  let tiktok: TikTokShopFake;
  let ding: DingTalkFake;
  let service: ServiceProcess;
  let folder: string;
  let shopId: string;

  beforeAll(async () => {
    tiktok = await startTikTokShopFake({ timeScale, random: Math.random });
    ding = await startDingTalkFake({ timeScale });
    const members = ding.world.addGroup(group).members;
    for (const name of ['mai', 'boss']) members.add(ding.world.addUser({ id: name, name }).id);
    const shop = tiktok.addShop({});
    shopId = shop.id;
    const grant = tiktok.grant({ shopIds: [shop.id] });
    folder = await mkdtemp(join(tmpdir(), 'threadmart-dingtalk-'));
    const yaml = `
shops:
  - marketplace: tiktok-shop
    externalId: "${shop.id}"
    name: Lamp House TH
    timezone: Asia/Bangkok
    locale: en
    credentials:
      accessToken: ${grant.accessToken}
      accessTokenExpiresAt: ${grant.accessTokenExpiresAt.toISOString()}
      refreshToken: ${grant.refreshToken}
      refreshTokenExpiresAt: ${grant.refreshTokenExpiresAt.toISOString()}
      shopCipher: ${shop.cipher}
channels:
  - { platform: dingtalk, id: "${group}", name: evening }
routes:
  - { when: {}, channel: "dingtalk/${group}" }
reply: { undoSeconds: 0 }
`;
    await writeFile(join(folder, 'threadmart.yaml'), yaml);
    service = await createServiceProcess({
      ...environmentOf(tiktok),
      ...{
        DINGTALK_CLIENT_ID: ding.world.app.clientId,
        DINGTALK_CLIENT_SECRET: ding.clientSecret,
        DINGTALK_ROBOT_CODE: ding.world.app.robotCode,
      },
      ...{ DINGTALK_CARD_TEMPLATE_ID: ding.cardTemplateId, DINGTALK_BASE_URL: ding.apiUrl, DINGTALK_OAPI_BASE_URL: ding.oapiUrl },
      ...{ DATA_DIR: join(folder, 'data'), THREADMART_CONFIG: join(folder, 'threadmart.yaml'), ADMIN_TOKEN: 'an-admin-token-for-tests' },
      ...{ TIME_SCALE: String(timeScale), INSECURE_MEDIA_ORIGINS: tiktok.url },
    });
    tiktok.webhooks.behave({ url: `${service.url}/hooks/tiktok-shop` });
    await service.start();
    await until(() => ding.stream.connections === 1);
  });
  afterAll(async () => {
    await service.kill();
    await Promise.all([tiktok.close(), ding.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  const until = <T>(look: () => T | undefined | null | false) => eventually(look, service.output);
  const plain = ({ text: words }: Pick<FarPost, 'text'>) => words.replaceAll('\u200b', '').replaceAll('\u00a0', ' ');
  const cards = (words: string) => ding.posts(group).filter((post) => post.outTrackId !== null && plain(post).includes(words));
  /** The card that takes replies to a buyer who said these words. */
  const cardOf = (words: string) => cards(words).find(({ form }) => form !== null);

  async function opens(words: string): Promise<{ readonly conversation: string; readonly root: string; readonly number: string }> {
    const conversation = tiktok.openConversation(shopId, { nickname: 'Somchai' });
    tiktok.buyerWrites(shopId, conversation, words);
    const card = await until(() => cardOf(words));
    const number = /#([0-9a-f]{6})/.exec(plain(card))?.[1] ?? '';
    return { conversation, root: card.outTrackId ?? '', number };
  }

  const received = (conversation: string) => tiktok.received.filter((one) => one.conversationId === conversation).map((one) => one.text);
  /** The line of the card that stands below these words. */
  const markBelow = (root: string, words: string) => {
    const lines = plain(ding.posts(group).find(({ outTrackId }) => outTrackId === root) ?? { text: '' }).split('\n');
    const at = lines.indexOf(words);
    return at < 0 ? '' : (lines[at + 1] ?? '');
  };

  it('answers on the card, which shows that it was sent', async () => {
    const { conversation, root } = await opens('Do you ship to Laos?');
    ding.submits('mai', root, { [reply]: 'We do.' });
    await until(() => received(conversation).includes('We do.'));
    await until(() => markBelow(root, 'We do.').startsWith('✅'));
    tiktok.buyerWrites(shopId, conversation, 'How long does it take?');
    await until(() => cardOf('How long does it take?')?.outTrackId === root);
    for (const words of ['Do you ship to Laos?', 'We do.']) expect(plain(cardOf('How long') ?? { text: '' })).toContain(words);
    ding.submits('mai', root, { [reply]: 'We do.' });
    await until(() => received(conversation).filter((words) => words === 'We do.').length === 2);
    expect(cards('Do you ship to Laos?')).toHaveLength(1);
  });

  it('quotes a card, or names the inquiry', async () => {
    const { conversation, root, number } = await opens('Is the blue one in stock?');
    const quoted = ding.posts(group).find(({ outTrackId }) => outTrackId === root);
    ding.writes('mai', group, 'It is.', { quotes: { msgId: quoted?.msgId ?? '', shape: 'query-key' } });
    await until(() => received(conversation).includes('It is.'));
    ding.writes('mai', group, `#${number} Twelve of them.`);
    await until(() => received(conversation).includes('Twelve of them.'));
    ding.whispers('mai', `#${number} Shall I keep one for you?`);
    await until(() => received(conversation).includes('Shall I keep one for you?'));
    await until(() => markBelow(root, 'Shall I keep one for you?').startsWith('✅'));
  });

  it('is asked which inquiry is meant, and nothing is sent', async () => {
    const { conversation } = await opens('Can I have it today?');
    const before = ding.privateCards('mai').length;
    ding.writes('mai', group, 'Yes you can');
    await until(() => ding.privateCards('mai').length > before);
    const asked = ding.posts(group, 'mai').filter(({ recipients }) => recipients?.includes('mai'));
    expect(plain(asked.at(-1) ?? { text: '' })).toMatch(/Nothing was sent[\s\S]*#[0-9a-f]{6}/);
    expect(received(conversation)).toEqual([]);
  });

  it('presses, keeps notes inside, and resolves', async () => {
    const { conversation, root } = await opens('Where is my parcel?');
    ding.presses('mai', root, text('en', 'action.claim'));
    await until(() => plain(ding.posts(group).find(({ outTrackId }) => outTrackId === root) ?? { text: '' }).includes('mai'));
    ding.submits('mai', root, { [reply]: '// ask the warehouse' });
    await until(() => markBelow(root, '// ask the warehouse').startsWith('📝'));
    ding.submits('mai', root, { [reply]: 'Call me: +66 81 234 5678' });
    await until(() => markBelow(root, 'Call me: +66 81 234 5678').startsWith('✋'));
    ding.presses('mai', root, text('en', 'action.resolve'));
    await until(() => ding.posts(group).find(({ outTrackId }) => outTrackId === root)?.form === null);
    expect(received(conversation)).toEqual([]);
  });

  it('chooses who is to answer in a card of its own', async () => {
    const { root } = await opens('Hello there?');
    ding.presses('mai', root, text('en', 'action.snooze'));
    const form = await until(() => ding.posts(group, 'mai').find((post) => post.recipients?.includes('mai') && post.form));
    ding.submits('mai', form.outTrackId ?? '', { [text('en', 'form.snooze-span')]: text('en', 'form.hours', { count: 4 }) });
    await until(() => plain(ding.posts(group).find(({ outTrackId }) => outTrackId === root) ?? { text: '' }).includes('Snoozed'));
    expect(ding.posts(group, 'mai').find(({ outTrackId }) => outTrackId === form.outTrackId)?.form).toBeNull();
  });

  it('is answered for its own eyes', async () => {
    const before = ding.privateCards('boss').length;
    ding.writes('boss', group, 'help');
    await until(() => ding.privateCards('boss').length > before);
    expect(plain(ding.posts(group, 'boss').at(-1) ?? { text: '' })).toContain(text('en', 'help.note'));
  });

  it('sees no receipt for what was pressed while nobody listened, and nothing is shown as sent that was not', async () => {
    const { conversation, root } = await opens('Do you have it in green?');
    await service.kill();
    await until(() => ding.stream.connections === 0);
    const lost = ding.submits('mai', root, { [reply]: 'Only in blue.' });
    expect(lost?.state).toBe('lost');
    await service.start();
    await until(() => ding.stream.connections === 1);
    expect(markBelow(root, 'Only in blue.')).toBe('');
    expect(received(conversation)).toEqual([]);
    ding.submits('mai', root, { [reply]: 'Only in blue.' });
    await until(() => markBelow(root, 'Only in blue.').startsWith('✅'));
    expect(received(conversation)).toEqual(['Only in blue.']);
  });

  it('goes on where the connection is asked to go, and where it is cut', async () => {
    const { conversation, root } = await opens('Is it heavy?');
    ding.stream.disconnect();
    await until(() => ding.stream.connections === 2);
    ding.submits('mai', root, { [reply]: 'Two kilos.' });
    await until(() => received(conversation).includes('Two kilos.'));
    await until(() => ding.stream.connections === 1);
    ding.stream.cut();
    await until(() => ding.stream.connections === 0);
    await until(() => ding.stream.connections === 1);
    ding.submits('mai', root, { [reply]: 'And a half.' });
    await until(() => received(conversation).includes('And a half.'));
  });
});
