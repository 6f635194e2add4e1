import { catalogue } from './catalogue.ts';

/** Why a text is held or remarked on at the door out. Keys begin with `screening.`. */
export const screening = catalogue({
  'screening.phone': ['it looks like it holds a phone number', '疑似包含电话号码'],
});
