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
  'config.expected.no-receipt': ['is a mark that the service sets itself; choose another emoji', '这是服务自身使用的标记，请换一个表情'],
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
  'config.expected.timezone': ['must be an IANA time zone, such as Asia/Bangkok', '必须是 IANA 时区，例如 Asia/Bangkok'],
  'config.expected.locale': ['must be a language, such as th or zh-CN', '必须是语言代码，例如 th 或 zh-CN'],
  'config.expected.region': ['must be a country in two capital letters, such as TH', '必须是两位大写国家代码，例如 TH'],
  'config.expected.time-of-day': ['must be a time of day, such as "09:00"', '必须是一天中的时间，例如 "09:00"'],
  'config.expected.time': ['must be a time with its zone, such as 2026-12-01T00:00:00Z', '必须是带时区的时间，例如 2026-12-01T00:00:00Z'],
  'config.expected.int': ['must be a whole number', '必须是整数'],
  'config.expected.channel': ['must be a channel, such as slack/C0123456789', '必须是频道，例如 slack/C0123456789'],
  'config.expected.channel-platform': ['names a chat platform that is not known here', '引用了未知的聊天平台'],
  'config.expected.connection': [
    'must name a connection: "default", or the ending of its variables in lower case',
    '必须是连接名："default"，或其环境变量后缀的小写形式',
  ],
  'config.connection-twice': [
    "is the same as {other}: two connections of one app would take each other's events",
    '与 {other} 相同：同一应用的两个连接会互相抢走事件',
  ],
  'config.connection-default': ['is the connection without an ending: leave "__DEFAULT" away', '即无后缀的连接：请去掉 "__DEFAULT"'],
  'config.expected.account': [
    'must be a person on a chat platform or at a marketplace, such as slack/U0123456789',
    '必须是聊天平台或电商平台上的人员，例如 slack/U0123456789',
  ],
  'config.expected.template-name': [
    'must be one word of letters, digits, - and _, at most 40 characters, and none of the words that chat uses (new, edit, remove)',
    '必须是一个由字母、数字、- 和 _ 组成的词，最多 40 个字符，且不能是聊天中使用的词（new、edit、remove）',
  ],
  'config.expected.language': ['must be a language, such as th or zh-TW', '必须是语言代码，例如 th 或 zh-TW'],
  'config.expected.template-length': ['has more than 10,000 characters', '超过 10,000 个字符'],
  'config.expected.template-variables': [
    'names a variable that is not known; there are {{buyer.name}}, {{order.id}}, {{order.tracking}}, {{order.status}}, {{agent.alias}}, {{shop.name}}',
    '引用了未知的变量；可用变量：{{buyer.name}}、{{order.id}}、{{order.tracking}}、{{order.status}}、{{agent.alias}}、{{shop.name}}',
  ],
  'config.expected.email': ['must be an e-mail address, such as nok@shop.example', '必须是邮箱地址，例如 nok@shop.example'],
  // The file
  'config.variable-unset': ['needs the environment variable {name}, which is not set', '需要环境变量 {name}，但未设置'],
  'config.channel-unlisted': ['names a channel that is not listed under "channels"', '引用了未在 "channels" 中列出的频道'],
  'config.agent-account': ['is missing: a person is known by their accounts, or by an "email"', '缺失：需要用账号或 "email" 来识别人员'],
  'config.twice': ['is there twice, first as {first}', '重复出现，首次出现于 {first}'],
  'config.section-not-yet': [
    'is accepted, but this version does not act on it: nothing in it has an effect yet',
    '可以保留，但此版本尚不支持该部分：其中内容暂不生效',
  ],
  'config.yaml.too-large': ['is larger than a million characters', '超过一百万个字符'],
  'config.yaml.aliases': ['repeats too much through aliases (*name)', '别名（*name）重复过多'],
  'config.yaml.broken': ['is not valid YAML ({code})', '不是有效的 YAML（{code}）'],
  'config.yaml.variable-in-braces': [
    `is not valid YAML; between { and } a variable needs quotes: "\${NAME}"`,
    `不是有效的 YAML；在 { 和 } 之间，变量需要加引号："\${NAME}"`,
  ],
  'config.yaml.duplicate-key': ['this key is there twice', '此键重复出现'],
  'config.yaml.bad-indent': ['is indented wrongly', '缩进错误'],
  'config.yaml.tab-as-indent': ['is indented with a tab; use spaces', '使用了制表符缩进，请改用空格'],
  'config.yaml.bad-alias': ['refers to a name (*name) that is not defined before', '引用了之前未定义的名称（*name）'],
  'config.yaml.multiple-docs': ['a second document begins here; there must be one only', '此处开始第二个文档；只能有一个'],
  'config.yaml.non-string-key': ['this key must be text', '此键必须是文本'],
  'config.yaml.tag-resolve-failed': ['has a tag (!name) that is not known', '含有未知的标签（!name）'],
  // Shops
  'shop.paused.authorization-ended': [
    '{shop} ({marketplace}) is paused: its authorisation has ended. Connect it again: threadmart shops connect {marketplace}. What waits is kept.',
    '{shop}（{marketplace}）已暂停：授权已失效。请重新连接：threadmart shops connect {marketplace}。待发内容会保留。',
  ],
  'shop.paused.token-refused': [
    '{shop} ({marketplace}) is paused: the marketplace refuses even a new token. A permission may be missing. Look: threadmart shops test {shopId}',
    '{shop}（{marketplace}）已暂停：平台拒绝了新的令牌，可能缺少权限。请检查：threadmart shops test {shopId}',
  ],
  'shop.deauthorized': [
    'The seller took the authorisation of {shop} ({marketplace}) back. Its queue is kept; connect it again with "threadmart shops connect".',
    '卖家已取消店铺 {shop}（{marketplace}）的授权。队列已保留，请用 "threadmart shops connect" 重新连接。',
  ],
  'shop.marketplace-off': ['The marketplace {marketplace} is not switched on in the environment.', '环境变量中未启用平台 {marketplace}。'],
  'start.arguments': [
    'The service takes no arguments. Commands are for "npx threadmart", for instance "npx threadmart doctor".',
    '服务不接受参数。命令请用 "npx threadmart" 执行，例如 "npx threadmart doctor"。',
  ],
  'start.config-unreadable': [
    'The file {path}, which THREADMART_CONFIG names, cannot be read.',
    '无法读取 THREADMART_CONFIG 指定的文件 {path}。',
  ],
  'shop.authorization-ends': [
    'The authorisation of {shop} ({marketplace}) ends on {date}, in {days} day(s). Renew it: threadmart shops connect {marketplace}',
    '{shop}（{marketplace}）的授权将于 {date} 到期，还剩 {days} 天。请续期：threadmart shops connect {marketplace}',
  ],
  // Connecting a shop
  'connect.not-offered': ['{marketplace} has no page of authorisation here.', '{marketplace} 在此没有授权页面。'],
  'connect.ticket-unknown': ['This link has been used already, or is older than 15 minutes.', '此链接已被使用，或已超过 15 分钟。'],
  'connect.state-missing': [
    'This authorisation was not begun here, so nothing was connected.',
    '此授权不是从这里发起的，因此未连接任何店铺。',
  ],
  'connect.state-unknown': ['This authorisation took longer than 15 minutes, or was finished already.', '此授权已超过 15 分钟，或已完成。'],
  'connect.denied': ['The seller refused the authorisation.', '卖家拒绝了授权。'],
  'connect.scope-missing': [
    'The app lacks a permission that answering buyers needs: {scopes}. Ask for it in the developer console of the marketplace first.',
    '应用缺少回复买家所需的权限：{scopes}。请先在平台的开发者后台申请。',
  ],
  'connect.no-shops': ['This account has no shop that could be connected.', '此账号没有可连接的店铺。'],
  'connect.failed': ['The marketplace did not complete the authorisation ({code}).', '平台未能完成授权（{code}）。'],
  // Starting
  'start.store-unreachable': [
    'The database does not answer. Look at MONGODB_URI, and whether the server runs.',
    '数据库没有应答。请检查 MONGODB_URI，以及服务器是否在运行。',
  ],
  'start.newer-data': [
    'The database is of version {stored}, this program knows up to version {known}. Start the newer program, or restore a backup.',
    '数据库版本为 {stored}，此程序最高支持版本 {known}。请使用新版程序，或恢复备份。',
  ],
  'start.import-unfinished': [
    'An import into this database was cut off, so not all of it is there. Run "threadmart db import" again; it begins anew.',
    '此数据库的导入中断，数据不完整。请重新运行 "threadmart db import"，会从头开始。',
  ],
  'start.migrated-elsewhere': [
    'Another process is migrating the database. Start again in a minute.',
    '另一个进程正在迁移数据库，请稍后再启动。',
  ],
  'start.key-missing': [
    'The database holds secrets, but their key is gone: {path} is not there and SECRET_KEY is not set. Bring the file back, or set SECRET_KEY to its content. No new key was made.',
    '数据库中有加密内容，但找不到密钥：{path} 不存在，且未设置 SECRET_KEY。请恢复该文件，或将其内容设为 SECRET_KEY。未生成新密钥。',
  ],
  'start.key-unreadable': [
    '{path} does not hold a key (32 bytes in base64). Bring the right file back.',
    '{path} 中没有有效的密钥（base64 编码的 32 字节）。请恢复正确的文件。',
  ],
  'start.key-other': [
    'The database was encrypted with another SECRET_KEY (key {missing}; given: {present}). Set that one. To change keys, list the new one first and the old one after a comma.',
    '数据库使用了其他 SECRET_KEY 加密（密钥 {missing}；当前：{present}）。请设置原密钥。如需更换，请先写新密钥，逗号后写旧密钥。',
  ],
  // Applying the file
  'config.switched-off': [
    'names {name}, which is switched off: its environment variables are not set',
    '引用了 {name}，但它未启用：未设置其环境变量',
  ],
  'config.shop-unknown': ['names a shop that is not connected yet', '引用了尚未连接的店铺'],
  'apply.channel-added': ['channel {channel}: added', '频道 {channel}：新增'],
  'apply.channel-changed': ['channel {channel}: changed', '频道 {channel}：已更改'],
  'apply.ops': ['ops: {channel}', 'ops：{channel}'],
  'apply.routes': ['routes: {after} rule(s), so far {before}', 'routes：{after} 条规则（之前 {before} 条）'],
  'apply.routes-changed': [
    'routes: {after} rule(s), so far {before}; new or changed: {changed}',
    'routes：{after} 条规则（之前 {before} 条）；新增或更改：{changed}',
  ],
  'apply.reports': ['reports: {after} report(s), so far {before}', 'reports：{after} 份报告（之前 {before} 份）'],
  'apply.reports-changed': [
    'reports: {after} report(s), so far {before}; new or changed: {changed}',
    'reports：{after} 份报告（之前 {before} 份）；新增或更改：{changed}',
  ],
  'apply.agents': ['agents: {after} people, so far {before}', 'agents：{after} 人（之前 {before} 人）'],
  'apply.agents-changed': [
    'agents: {after} people, so far {before}; new or changed: {changed}',
    'agents：{after} 人（之前 {before} 人）；新增或更改：{changed}',
  ],
  'apply.template-added': ['template {id}: added', '模板 {id}：新增'],
  'apply.template-changed': ['template {id}: changed', '模板 {id}：已更改'],
  'apply.field': ['{field}: {before} -> {after}', '{field}：{before} -> {after}'],
  'apply.shop-added': ['shop {shop}: added', '店铺 {shop}：新增'],
  'apply.credentials': ['shop {shop}: credentials taken from the file', '店铺 {shop}：采用文件中的凭证'],
});
