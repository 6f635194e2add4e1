import { expect, it } from 'vitest';
import { slashCommand } from '../../../src/core/desk/slash.ts';

it.each([
  ['claim 4f2a1c', { kind: 'inquiry', verb: 'claim', inquiry: '4f2a1c', rest: '' }],
  ['SNOOZE  #4F2A1C  until 09:00', { kind: 'inquiry', verb: 'snooze', inquiry: '4f2a1c', rest: 'until 09:00' }],
  ['稍后 ４f2a1c 2h', { kind: 'inquiry', verb: 'snooze', inquiry: '4f2a1c', rest: '2h' }],
  ['note 0123456789abcdef01234567 two  words', { kind: 'inquiry', verb: 'note', inquiry: '0123456789abcdef01234567', rest: 'two  words' }],
  ['claim p4f2a1', { kind: 'inquiry', verb: 'claim', inquiry: 'p4f2a1', rest: '' }],
  ['claim p4f2a', { kind: 'which', verb: 'claim' }],
  ['snooze 2h', { kind: 'which', verb: 'snooze' }],
  ['claim', { kind: 'which', verb: 'claim' }],
  ['undo 4f2a1c', { kind: 'in-thread', verb: 'undo' }],
  ['away 2h', { kind: 'presence', verb: 'away', rest: '2h' }],
  ['回来', { kind: 'presence', verb: 'back', rest: '' }],
  ['templates abcdef', null],
  ['help', null],
  ['stats', null],
  ['', null],
])('/tm %s', (words, command) => expect(slashCommand(words)).toEqual(command));
