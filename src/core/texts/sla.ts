import { catalogue } from './catalogue.ts';

/** What is said about SLA clocks, and about clocks and business hours in the configuration. */
export const sla = catalogue({
  // A clock, on cards and in reminders
  'sla.who.marketplace': ['Marketplace', '平台'],
  'sla.who.marketplace-titled': ['Marketplace, "{title}"', '平台“{title}”'],
  'sla.who.team': ['Team target', '团队目标'],
  'sla.who.team-titled': ['Team target "{title}"', '团队目标“{title}”'],
  'sla.clock.answer': ['{who}: answer by {time} (shop time)', '{who}：请在店铺时间 {time} 前回复'],
  'sla.clock.resolve': ['{who}: resolve by {time} (shop time)', '{who}：请在店铺时间 {time} 前解决'],
  'sla.clock.missed': ['{who}: overdue since {time} (shop time)', '{who}：自店铺时间 {time} 起已超时'],
  'sla.clock.met': ['{who}: met', '{who}：已达标'],
  // Rules that marketplaces bring along, by the second part of their names
  'sla.preset.response': ['{marketplace}: answers in time', '{marketplace}：按时回复'],
  'sla.preset.same-day': ['{marketplace}: answers on the same day', '{marketplace}：当日回复'],
  'sla.preset.three-minutes': ['{marketplace}: answers within three minutes', '{marketplace}：三分钟内回复'],
  'config.expected.title': ['must be one line of at most 60 characters', '必须是不超过 60 个字符的一行文字'],
  'config.expected.duration': ['must be a span of time, such as 50s, 3m, 12h or 2d', '必须是时长，例如 50s、3m、12h 或 2d'],
  'config.expected.step': ['must be a span of time or a share, such as 50s or 80%', '必须是时长或百分比，例如 50s 或 80%'],
  'config.expected.time-of-day': ['must be a time of day, such as 18:00', '必须是时刻，例如 18:00'],
  'config.expected.hours': ['must be hours, such as 09:00-18:00', '必须是时间段，例如 09:00-18:00'],
  'config.expected.date': ['must be a day, such as 2026-12-25', '必须是日期，例如 2026-12-25'],
  'config.expected.zone': ['must be "shop" or an IANA time zone, such as Asia/Bangkok', '必须是 "shop" 或 IANA 时区，例如 Asia/Bangkok'],
  'config.sla.name': [
    'names no policy that a marketplace brings along; one of your own is called in small letters, digits and hyphens',
    '不是平台自带的规则；自定义规则的名称只能使用小写字母、数字和连字符',
  ],
  'config.sla.incomplete': [
    'is a policy of your own, so it needs "within" (a cut-off: "receivedUntil" and "answeredBy")',
    '这是自定义规则，需要填写 "within"（截止时刻规则则需要 "receivedUntil" 和 "answeredBy"）',
  ],
  'apply.changed': ['{field}: changed', '{field}：已更改'],
});
