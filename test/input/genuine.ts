import type { RawRequest } from '../../src/core/connector.ts';
import { startSlackFake } from '../kits/slack/fake.ts';
import { startTikTokShopFake } from '../kits/tiktok-shop/fake.ts';

const shopId = '7494049642642441621';
/** Types of messages that the platform names; one that nobody has heard of. */
const messageTypes: Readonly<Record<string, object>> = {
  TEXT: { content: 'Is it *bright*? <b>0812345678</b> 😀' },
  IMAGE: { url: 'https://p16.ibyteimg.com/a.png', width: 10, height: 10 },
  VIDEO: {
    url: 'https://v.tiktokcdn.com/v',
    duration: '12.5',
    size: 12345,
    format: 'MP4',
    expire_time: 1_800_000_000,
    vid: 'v1',
    cover: 'c',
  },
  EMOTICONS: { content: 'smile' },
  PRODUCT_CARD: { product_id: '1729384756019283746' },
  ORDER_CARD: { order_id: '576653688135258178' },
  RETURN_REFUND_CARD: { order_id: '576653688135258178', sku_id: '17' },
  LOGISTICS_CARD: { order_id: '576653688135258178', package_id: '1' },
  ALLOCATED_SERVICE: { content: 'Ann will help you' },
  NOTIFICATION: { content: 'The chat was closed' },
  BUYER_ENTER_FROM_TRANSFER: { content: 'transferred' },
  BUYER_ENTER_FROM_PRODUCT: { product_id: '1729384756019283746' },
  BUYER_ENTER_FROM_ORDER: { order_id: '576653688135258178' },
  COUPON_CARD: { coupon_id: '7' },
  OTHER: { content: 'cannot be shown' },
  HOLOGRAM_CARD: { shape: { sides: 6 } },
};

const bodyOf = ({ body }: { readonly body: Uint8Array | string }): object => JSON.parse(Buffer.from(body as string).toString());

/** Every kind of webhook, of all message types and authors, as the kit writes them. */
export async function genuineWebhooks(): Promise<{
  readonly appKey: string;
  readonly appSecret: string;
  readonly bodies: readonly object[];
}> {
  const requests: RawRequest[] = [];
  const fake = await startTikTokShopFake({ onPush: ({ request }) => requests.push(request) });
  fake.addShop({ id: shopId });
  const conversation = fake.openConversation(shopId, { nickname: 'นก', firstIndex: 9_999_999_999_999_996_700n });
  for (const [type, content] of Object.entries(messageTypes)) fake.writes(shopId, conversation, { role: 'BUYER', type, content });
  for (const role of ['SHOP', 'CUSTOMER_SERVICE', 'SYSTEM', 'ROBOT'] as const)
    fake.writes(shopId, conversation, { role, type: 'TEXT', content: messageTypes['TEXT'] ?? {} });
  fake.agentJoins(shopId, conversation);
  fake.deauthorizes(shopId);
  fake.authorizationExpires(shopId, new Date('2027-01-01T00:00:00Z'));
  fake.event(1, shopId, { order_id: '576653688135258178', order_status: 'UNPAID', update_time: 1_718_305_585 });
  fake.event(33, shopId, { conversation_id: conversation, message_id: '7', type: 'TEXT', content: '{"content":"creator"}' });
  fake.event(999, shopId, { anything: [{ at: 'all' }] });
  await fake.close();
  return { appKey: fake.appKey, appSecret: fake.appSecret, bodies: requests.map(bodyOf) };
}

export interface SlackPayloads {
  readonly signingSecret: string;
  /** As the Events API and Socket Mode bring them. */
  readonly events: readonly object[];
  /** What is in the `payload` field of a form. */
  readonly interactions: readonly object[];
  /** Fields of a form. */
  readonly commands: readonly Readonly<Record<string, string>>[];
}

/** Every kind of event, interaction and command, as the kit writes them. */
export async function genuineSlack(): Promise<SlackPayloads> {
  const fake = await startSlackFake({ limits: {} });
  const channelId = fake.world.addChannel('C0123456789', { name: 'th-support' }).id;
  const user = fake.world.addUser({ id: 'U0MEMBER', name: 'mai' }).id;
  const otherBot = fake.world.addUser({ id: 'U0OTHERBOT', name: 'otherbot', kind: 'bot', email: null }).id;
  for (const id of [user, otherBot, fake.world.app.userId]) fake.world.channels.get(channelId)?.members.add(id);
  const root = fake.personPosts(user, channelId, null, 'hello').ts;
  const file = { name: 'lamp.png', mimeType: 'image/png', bytes: Buffer.from('png') };
  const reply = fake.personPosts(user, channelId, root, 'Yes, *very* bright. <https://shop.example/a|see> :+1:').ts;
  fake.personPosts(user, channelId, root, '// a note for <@U0BOSS>');
  fake.personPosts(user, channelId, root, '!undo');
  fake.personPosts(user, channelId, root, `<@${fake.world.app.userId}> resolve`, { broadcast: true });
  fake.personPosts(user, channelId, root, 'look', { files: [file] });
  fake.otherBotPosts(otherBot, channelId, root, 'deployed');
  fake.personEdits(channelId, reply, 'No.');
  fake.personDeletes(channelId, reply);
  fake.personReacts(user, channelId, root, 'tada');
  fake.personReacts(user, channelId, root, '+1::skin-tone-3');
  fake.archive(channelId);
  fake.unarchive(channelId);
  fake.removeBot(channelId);
  fake.addBot(channelId);
  fake.emit({ type: 'app_home_opened', user, channel: 'D1', tab: 'home' });
  fake.emit({ type: 'something_new_in_2031', detail: { deep: [1, { more: null }] } });
  fake.emit({ type: 'member_joined_channel', user: fake.world.app.userId, channel: channelId, team: fake.world.team.id });
  fake.uninstall();
  fake.revokeToken();
  await fake.close();
  const events = [
    ...fake.kept.map(bodyOf),
    { token: 't', challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P', type: 'url_verification' },
    { token: 't', team_id: 'T1', type: 'app_rate_limited', minute_rate_limited: 1_518_467_820, api_app_id: 'A1' },
  ];
  const commands = [command, { ...command, command: '/tm', text: 'help <@U0MEMBER|mai>' }];
  return { signingSecret: fake.signingSecret, events, interactions: interactionsOf(channelId, root, user), commands };
}

/** @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload (read 2026-11-22) */
function interactionsOf(channelId: string, root: string, user: string): readonly object[] {
  const action = (action_id: string, value: string) => ({
    action_id,
    block_id: 'b1',
    type: 'button',
    value,
    action_ts: '1700000001.000100',
  });
  const common = {
    team: { id: 'T1', domain: 'x' },
    user: { id: user, username: 'mai', team_id: 'T1' },
    api_app_id: 'A1',
    token: 'verification-token',
    trigger_id: '1.2.abc',
    response_url: 'https://hooks.slack.example/actions/T1/1/abc',
    channel: { id: channelId, name: 'th-support' },
    container: { type: 'message', message_ts: root, channel_id: channelId, thread_ts: root, is_ephemeral: false },
    message: { ts: root, thread_ts: root, text: 'held', type: 'message' },
  };
  return [
    { ...common, type: 'block_actions', actions: [action('threadmart.send', 'd1')] },
    { ...common, type: 'block_actions', actions: [action('threadmart.discard', 'd1'), action('other', '')] },
    { ...common, type: 'block_actions', actions: [action('threadmart.snooze', 'q1')] },
    { ...common, type: 'message_action', callback_id: 'threadmart:x', action_ts: '1700000001.000100' },
    { ...common, type: 'message_action', callback_id: 'threadmart.template', action_ts: '1700000001.000100' },
    { ...common, type: 'shortcut', callback_id: 'x', action_ts: '1700000001.000100' },
    { ...common, type: 'view_submission', view: { id: 'V1', state: { values: {} } } },
    {
      ...common,
      type: 'view_submission',
      view: {
        id: 'V2',
        hash: '1.abc',
        callback_id: 'threadmart.snooze',
        private_metadata: 'q1',
        state: {
          values: {
            'threadmart.until': { value: { type: 'plain_text_input', value: '2h' } },
            'threadmart.why': {
              value: { type: 'static_select', selected_option: { text: { type: 'plain_text', text: 'Later' }, value: 'later' } },
            },
          },
        },
      },
    },
  ];
}

const command = {
  token: 'verification-token',
  team_id: 'T1',
  channel_id: 'C0123456789',
  user_id: 'U0MEMBER',
  command: '/threadmart',
  text: 'status',
  response_url: 'https://hooks.slack.example/commands/T1/1/abc',
  trigger_id: '1.2.def',
};
