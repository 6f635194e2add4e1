import { catalogue } from './catalogue.ts';

/** What the team is told as shifts begin and end. */
export const shifts = catalogue({
  'shift.begins': ['Your shift begins. To be answered before your next one:', '您的班次开始。下一班之前需要回复：'],
  'shift.ends': ['Your shift ends. To be answered before your next one begins:', '您的班次结束。下一班开始之前需要回复：'],
  'shift.changes': ['Shifts change. To be answered before the next ones begin:', '换班。下一班开始之前需要回复：'],
  'shift.more': ['and {count} more', '另有 {count} 条'],
});
