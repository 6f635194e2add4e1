import { catalogue } from './catalogue.ts';

/** What is told of buyers who are silent after an answer. */
export const followUp = catalogue({
  'follow-up.sent': [
    '🤖 The buyer has been silent since the answer, so the shop asked by itself:',
    '🤖 买家在答复后一直未回复，店铺已自动询问：',
  ],
  'follow-up.suggested': [
    'The buyer has been silent since the answer. You may ask with the template "{name}"; the buyer gets this once somebody presses Send:',
    '买家在答复后一直未回复。可使用模板“{name}”询问，点击发送后买家将收到：',
  ],
  'follow-up.in-vain': [
    'The buyer has been silent since the answer, and the template that asks whether that was all cannot be used:',
    '买家在答复后一直未回复，用于询问的模板无法使用：',
  ],
  'follow-up.over': ['The buyer has written again, so the suggested question was taken back.', '买家已再次发来消息，推荐的询问已撤回。'],
});
