import { catalogue } from './catalogue.ts';

/** What the command line, the pages and the ops channel say. */
export const operations = catalogue({
  'cli.unreachable': [
    'The service does not answer at {url}. Start it with "npm start", or name it with --url.',
    '服务在 {url} 没有应答。请用 "npm start" 启动，或用 --url 指定地址。',
  ],
  // Pages
  'page.connected': ['Connected to {marketplace}', '已连接 {marketplace}'],
  'page.connected-hint': ['These shops are connected now. You can close this page.', '以下店铺已连接，您可以关闭此页面。'],
  'page.not-connected': ['Not connected', '未连接'],
  'page.start-again': ['Ask for a new link: "threadmart shops connect" prints one.', '请重新获取链接：运行 "threadmart shops connect"。'],
  'page.nothing-here': ['There is nothing at this address.', '此地址没有内容。'],
  'page.failed': [
    'Something went wrong here. Try again; if it stays so, give your administrator this number: {requestId}',
    '出现了问题，请重试；如仍失败，请将此编号告知管理员：{requestId}',
  ],
});
