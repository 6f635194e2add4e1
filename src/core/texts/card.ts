import { catalogue } from './catalogue.ts';

/** What the root card says besides its title, status and buyer. */
export const card = catalogue({
  'card.title-practice': ['PRACTICE · no real buyer · {shop}', '【练习】没有真实买家 · {shop}'],
  'card.title-practice-over': ['PRACTICE is over · {shop}', '【练习】已结束 · {shop}'],
  'card.practice-over': ['What is written here answers nobody any more.', '在此书写的内容不再答复任何人。'],
  'card.priority.urgent': ['Priority: urgent', '优先级：紧急'],
  'card.priority.high': ['Priority: high', '优先级：高'],
  'card.priority.low': ['Priority: low', '优先级：低'],
  'card.snoozed': ['Snoozed until {time} (shop time)', '稍后处理，至店铺时间 {time}'],
  'card.group': ['Group: {group}', '客服组：{group}'],
  'card.order': ['{order} · as of {time} (shop time)', '{order} · 截至店铺时间 {time}'],
  'card.id': ['Inquiry {id}', '咨询 {id}'],
  'card.tags': ['Tags: {tags}', '标签：{tags}'],
  'card.changed': ['Last change {time} (shop time)', '最近变更：店铺时间 {time}'],
  'card.language': ['Language: {language}', '语言：{language}'],
  'card.last.buyer': ['Buyer, {time}: {words}', '买家 {time}：{words}'],
  'card.last.agent': ['Team, {time}: {words}', '客服 {time}：{words}'],
  'card.last.automatic': ['Automatic reply, {time}: {words}', '自动回复 {time}：{words}'],
  'card.last.system': ['Marketplace, {time}: {words}', '平台 {time}：{words}'],
});
