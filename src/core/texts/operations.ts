import { catalogue } from './catalogue.ts';

/** What the command line, the pages and the ops channel say. */
export const operations = catalogue({
  'cli.unreachable': [
    'The service does not answer at {url}. Start it with "npm start", or name it with --url.',
    '服务在 {url} 没有应答。请用 "npm start" 启动，或用 --url 指定地址。',
  ],
});
