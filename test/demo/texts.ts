import { catalogue } from '../../src/core/texts/catalogue.ts';
import type { Locale } from '../../src/core/texts/index.ts';

const texts = catalogue({
  title: [
    'Threadmart at work: {buyers} buyers, {shops} shops, {channels} channels',
    'Threadmart 演示：{buyers} 位买家，{shops} 家店铺，{channels} 个频道',
  ],
  intro: [
    'TikTok Shop and {chat} are played by this process on loopback: real protocol, signed webhooks, limits enforced ({scale} times faster than theirs).\nBetween them runs the service in a process of its own, on its built-in store.',
    '本进程在本机模拟 TikTok Shop 和 {chat}：真实协议、带签名的 webhook、同样的限流（速度为实际的 {scale} 倍）。\n服务在独立进程中运行，使用内置存储。',
  ],
  'label.service': ['service', '服务'],
  'label.inquiry': ['inquiry', '咨询'],
  'label.thread': ['thread', '话题'],
  'label.reply': ['reply', '回复'],
  'label.note': ['note', '备注'],
  'label.receipt': ['receipt', '回执'],
  'label.held': ['held', '暂扣'],
  'label.failed': ['failed', '失败'],
  'label.kill': ['kill -9', '断电'],
  started: ['ready at {url}', '已就绪：{url}'],
  asks: ['{buyer} -> {shop}: {text}', '{buyer} -> {shop}：{text}'],
  opened: ['#{channel} has a new thread with the question of {buyer}', '#{channel} 中出现了 {buyer} 的新话题'],
  shown: ['#{channel}, in the thread of {buyer}: {text}', '#{channel} 中 {buyer} 的话题：{text}'],
  answers: ['{agent} in the thread of {buyer}: {text}', '{agent} 在 {buyer} 的话题中：{text}'],
  again: [
    '{agent} sees no receipt, so it was not sent, and writes it again: {text}',
    '{agent} 没有看到回执，说明未发送，于是再写一次：{text}',
  ],
  reached: ['{buyer} has it on TikTok Shop; the thread shows {mark} on it', '{buyer} 已在 TikTok Shop 收到；话题中标记为 {mark}'],
  kept: ['stays in the team; the thread shows {mark} on it', '仅团队可见；话题中标记为 {mark}'],
  told: ['the thread says to {agent}: {text}', '话题中告知 {agent}：{text}'],
  killed: [
    'the service dies: {buyer} has the reply already, and the service could not note it',
    '服务被强制终止：{buyer} 已收到回复，而服务还来不及记录',
  ],
  restarted: [
    'started again; {count} message(s) of buyers came meanwhile and were refused, TikTok Shop sends them again',
    '已重新启动；期间有 {count} 条买家消息被拒收，TikTok Shop 会重新推送',
  ],
  quiet: ['waiting until both platforms have sent everything that they send again', '等待两个平台完成所有重新推送'],
  counted: ['Counted at both far ends, in {seconds} s:', '在两端平台统计的结果（用时 {seconds} 秒）：'],
  // Read by programs: the same in every language.
  summary: [
    'received {received}, delivered {delivered}, lost {lost}, doubled {doubled}, out of order {outOfOrder}',
    'received {received}, delivered {delivered}, lost {lost}, doubled {doubled}, out of order {outOfOrder}',
  ],
  'summary.held': ['held {count}: {text}', '暂扣 {count}：{text}'],
  'summary.failed': ['failed {count}: {text}', '失败 {count}：{text}'],
  'summary.notes': ['internal notes {count}, none of them left', '内部备注 {count} 条，均未外发'],
  'wrong.unreceived': ['{count} message(s) were written and never received.', '有 {count} 条消息始终未被接收。'],
  'wrong.leaked': ['{count} message(s) reached a buyer and should not have.', '有 {count} 条不应外发的消息到达了买家。'],
  'wrong.count': [
    'This is not what the story has: {count} messages, each once and in order.',
    '与剧本不符：应有 {count} 条消息，各送达一次且顺序正确。',
  ],
  'wrong.awaited': ['{buyer}: this did not happen in time: {what}', '{buyer}：未按时发生：{what}'],
  'wrong.chat': ['--chat takes one of: {chats}', '--chat 可选：{chats}'],
  'wrong.log': ['The last lines of the service:', '服务的最后几行日志：'],
  'await.shown': ['the thread shows "{text}"', '话题中显示 “{text}”'],
  'await.reached': ['the buyer gets "{text}"', '买家收到 “{text}”'],
  'await.marked': ['"{text}" gets its receipt', '“{text}” 获得回执'],
  'await.told': ['the thread says what became of "{text}"', '话题中说明 “{text}” 的结果'],
});

export type DemoText = keyof typeof texts.en;
export type Say = (key: DemoText, params?: Readonly<Record<string, string | number>>) => string;

/** What the demo prints, in one of its two languages. */
export function sayIn(locale: Locale): Say {
  return (key, params = {}) => texts[locale][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
