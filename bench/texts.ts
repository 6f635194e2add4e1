import type { Figure } from './figure.ts';

/** The words of the table, in both languages of the documents. */
export type Language = 'en' | 'zh-CN';
type Words = Readonly<Record<Language, string>>;

export const head: Readonly<Record<'figure' | 'product' | 'against' | 'ratio' | 'noise' | 'aim', Words>> = {
  figure: { en: 'Figure', 'zh-CN': '指标' },
  product: { en: 'Threadmart', 'zh-CN': 'Threadmart' },
  against: { en: 'compared with', 'zh-CN': '对照' },
  ratio: { en: 'ratio', 'zh-CN': '比值' },
  noise: { en: 'noise', 'zh-CN': '噪声' },
  aim: { en: 'aim', 'zh-CN': '目标' },
};

export const units: Readonly<Record<Figure['unit'], Words>> = {
  'per-second': { en: '/s', 'zh-CN': '/秒' },
  ms: { en: ' ms', 'zh-CN': ' 毫秒' },
  s: { en: ' s', 'zh-CN': ' 秒' },
  MB: { en: ' MB', 'zh-CN': ' MB' },
  kB: { en: ' kB', 'zh-CN': ' kB' },
  percent: { en: ' %', 'zh-CN': ' %' },
  count: { en: '', 'zh-CN': '' },
};

const directions: Readonly<Record<string, Words>> = {
  in: { en: 'buyer to chat', 'zh-CN': '买家 → 聊天' },
  out: { en: 'agent to buyer', 'zh-CN': '客服 → 买家' },
};

export function nameOf(id: string, language: Language): string {
  if (id.startsWith('shops.')) {
    const inner = nameOf(id.slice('shops.'.length), language);
    return language === 'en' ? `1,000 shops: ${inner}` : `1000 家店铺：${inner}`;
  }
  const [part = '', ...rest] = id.split('.');
  const direction = directions[part]?.[language];
  if (direction) {
    const [what = '', share] = rest;
    if (what === 'peak') return language === 'en' ? `${direction}, most messages a second` : `${direction}，每秒最多消息数`;
    return language === 'en' ? `${direction}, ${share} at ${what} a second` : `${direction}，每秒 ${what} 条时的 ${share}`;
  }
  const [what = '', size = ''] = rest;
  const cost = costs[what]?.[language];
  if (part === 'cost' && cost)
    return language === 'en' ? `${cost}, ${sizes[size]?.en} stored` : `${cost}（已存 ${sizes[size]?.['zh-CN']}）`;
  const range = ranges[what]?.[language];
  if (part === 'stats' && range)
    return language === 'en'
      ? `statistics of ${range} and 50 shops, p95, ${sizes[size]?.en} messages counted`
      : `50 家店铺${range}统计的 p95（已统计 ${sizes[size]?.['zh-CN']}消息）`;
  return names[id]?.[language] ?? id;
}

const ranges: Readonly<Record<string, Words>> = {
  '30d': { en: '30 days', 'zh-CN': ' 30 天' },
  year: { en: 'a year', 'zh-CN': '一年' },
};

const costs: Readonly<Record<string, Words>> = {
  cpu: { en: 'CPU a message', 'zh-CN': '每条消息的 CPU' },
  trips: { en: 'round trips to the store a message', 'zh-CN': '每条消息与存储的往返次数' },
  bytes: { en: 'bytes to and from the store a message', 'zh-CN': '每条消息与存储之间的字节数' },
  disk: { en: 'bytes to the disk a message', 'zh-CN': '每条消息写入磁盘的字节数' },
};

const sizes: Readonly<Record<string, Words>> = {
  '10k': { en: '10,000', 'zh-CN': '1 万条' },
  '100k': { en: '100,000', 'zh-CN': '10 万条' },
  '1m': { en: '1,000,000', 'zh-CN': '100 万条' },
  '10m': { en: '10,000,000', 'zh-CN': '1000 万条' },
};

const names: Readonly<Record<string, Words>> = {
  'ack.peak': { en: 'webhooks acknowledged, most a second', 'zh-CN': '每秒最多确认的 webhook 数' },
  'drain.time': { en: '10,000 messages over 20 channels at the real limits', 'zh-CN': '10000 条消息、20 个频道、真实限速下全部送达' },
  'drain.posts': { en: 'posts that it took', 'zh-CN': '所用的帖子数' },
  'start.ready': { en: 'from start to ready', 'zh-CN': '从启动到就绪' },
  'start.idle': { en: 'memory at rest', 'zh-CN': '空闲时内存' },
  'start.load': { en: 'memory at the peak of work', 'zh-CN': '满载时内存' },
  'outage.shop-refuses': { en: 'one shop answers 503: p95 of replies to others', 'zh-CN': '一家店铺返回 503 时，其他店铺回复的 p95' },
  'outage.shop-hangs': { en: 'one shop never answers: p95 of replies to others', 'zh-CN': '一家店铺不应答时，其他店铺回复的 p95' },
  'outage.channel-refuses': {
    en: 'one channel answers 503: p95 of messages in others',
    'zh-CN': '一个频道返回 503 时，其他频道消息的 p95',
  },
  'outage.channel-hangs': { en: 'one channel never answers: p95 of messages in others', 'zh-CN': '一个频道不应答时，其他频道消息的 p95' },
  'outage.workspace': { en: 'another workspace is away: p95 of messages in this one', 'zh-CN': '另一个工作区不可用时，本工作区消息的 p95' },
  'reminders.p50': { en: 'reminders of 10,000 clocks, p50 after their moment', 'zh-CN': '1 万个计时的提醒，晚于应发时刻的 p50' },
  'reminders.p99': { en: 'reminders of 10,000 clocks, p99 after their moment', 'zh-CN': '1 万个计时的提醒，晚于应发时刻的 p99' },
  'engine.start': { en: 'built-in store with 1,000,000 documents: start', 'zh-CN': '内置存储有 100 万个文档：启动' },
  'engine.query': { en: 'built-in store with 1,000,000 documents: point query, p99', 'zh-CN': '内置存储有 100 万个文档：单点查询 p99' },
  'engine.claim': { en: 'built-in store with 1,000,000 documents: claim, p99', 'zh-CN': '内置存储有 100 万个文档：认领 p99' },
  'engine.memory': { en: 'built-in store with 1,000,000 documents: memory', 'zh-CN': '内置存储有 100 万个文档：内存' },
  'cost.flat': { en: 'CPU a message with the most stored, against 10,000 stored', 'zh-CN': '存量最大时每条消息的 CPU，对照存 1 万条时' },
  'ack.p50': { en: 'acknowledgement, p50 at 500 a second', 'zh-CN': '每秒 500 个时的确认 p50' },
  'ack.p99': { en: 'acknowledgement, p99 at 500 a second', 'zh-CN': '每秒 500 个时的确认 p99' },
};
