import { catalogue } from './catalogue.ts';

/** What is said about configuration, keys, the store at start, and the shops' authorisations. */
export const config = catalogue({
  'config.invalid': ['The configuration has {count} problem(s):', '配置中有 {count} 处问题：'],
  'config.required': ['is missing', '缺少此项'],
  'config.unknown-key': ['is not known here', '未知的配置项'],
  'config.partly-set': [
    'is missing: {name} needs it (leave all of its variables empty to switch {name} off)',
    '缺少此变量：{name} 需要它（如不使用 {name}，请将其变量全部留空）',
  ],
  'config.connector-says': ['{message}', '{message}'],
  'config.secret-key-required': [
    'is required together with MONGODB_URI: 32 random bytes in base64 ("openssl rand -base64 32")',
    '使用 MONGODB_URI 时必须设置：base64 编码的 32 个随机字节（“openssl rand -base64 32”）',
  ],
  // What is expected
  'config.expected.quotes': [
    'must be text: write it in quotes, since 19-digit numbers lose digits',
    '必须是文本：请加引号，19 位数字会丢失精度',
  ],
  'config.expected.string': ['must be text', '必须是文本'],
  'config.expected.number': ['must be a number', '必须是数字'],
  'config.expected.boolean': ['must be true or false', '必须是 true 或 false'],
  'config.expected.array': ['must be a list', '必须是列表'],
  'config.expected.object': ['must be a mapping (name: value)', '必须是映射（名称: 值）'],
  'config.expected.type': ['must be of type {expected}', '类型必须是 {expected}'],
  'config.expected.one-of': ['must be one of: {values}', '必须是以下之一：{values}'],
  'config.expected.not-empty': ['must not be empty', '不能为空'],
  'config.expected.at-least': ['must be at least {minimum}', '不能小于 {minimum}'],
  'config.expected.at-most': ['must be at most {maximum}', '不能大于 {maximum}'],
  'config.expected.port': ['must be a port: a whole number up to 65535', '必须是端口号：不大于 65535 的整数'],
  'config.expected.public-url': ['must be an address that begins with https:// (or http://)', '必须是以 https://（或 http://）开头的地址'],
  'config.expected.mongodb-uri': ['must begin with mongodb:// or mongodb+srv://', '必须以 mongodb:// 或 mongodb+srv:// 开头'],
  'config.expected.secret-key': [
    'must be 32 bytes in base64 (44 characters), or several of them with commas between',
    '必须是 base64 编码的 32 字节（44 个字符），多个以逗号分隔',
  ],
  'config.expected.admin-token': ['must have at least 16 characters', '至少需要 16 个字符'],
  // Shops
  'shop.paused.authorization-ended': [
    '{shop} ({marketplace}) is paused: its authorisation has ended. Connect it again: threadmart shops connect {marketplace}. What waits is kept.',
    '{shop}（{marketplace}）已暂停：授权已失效。请重新连接：threadmart shops connect {marketplace}。待发内容会保留。',
  ],
  'shop.paused.token-refused': [
    '{shop} ({marketplace}) is paused: the marketplace refuses even a new token. A permission may be missing. Look: threadmart shops test {shopId}',
    '{shop}（{marketplace}）已暂停：平台拒绝了新的令牌，可能缺少权限。请检查：threadmart shops test {shopId}',
  ],
  'shop.authorization-ends': [
    'The authorisation of {shop} ({marketplace}) ends on {date}, in {days} day(s). Renew it: threadmart shops connect {marketplace}',
    '{shop}（{marketplace}）的授权将于 {date} 到期，还剩 {days} 天。请续期：threadmart shops connect {marketplace}',
  ],
});
