import { catalogue } from './catalogue.ts';

/** What is said about the figures that marketplaces count themselves. */
export const performance = catalogue({
  'performance.title': ["The marketplaces' own figures", '平台自己的数据'],
  'performance.column.shop': ['SHOP', '店铺'],
  'performance.column.days': ['DAYS', '日期'],
  'performance.column.sessions': ['CHATS', '会话数'],
  'performance.column.rate': ['RESPONSE RATE', '回复率'],
  'performance.column.time': ['RESPONSE TIME', '回复用时'],
  'performance.column.satisfaction': ['SATISFACTION', '满意度'],
  'performance.column.read': ['READ', '读取时间'],
  'platform.performance-denied': [
    "this app may not read the marketplace's own figures (performance)",
    '此应用无权读取平台自己的客服数据（performance）',
  ],
  'platform.effect-no-performance': ["The marketplace's own figures are not shown beside ours.", '统计中不显示平台自己的数据。'],
});
