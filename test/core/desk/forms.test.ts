import { describe, expect, it } from 'vitest';
import { type FormName, formNames } from '../../../src/core/ask.ts';
import { decideThread } from '../../../src/core/decide-chat.ts';
import { commandForm, saidIn } from '../../../src/core/desk/forms.ts';
import { momentOf } from '../../../src/core/desk/when.ts';
import type { AgentSetting } from '../../../src/core/settings.ts';
import type { ThreadView } from '../../../src/core/thread-view.ts';
import { addMs } from '../../../src/core/time.ts';
import { inquiry, member, now, settings, threadView } from '../fixtures.ts';

const agent = (name: string, platform = 'slack') =>
  ({ name, role: 'agent', accounts: [{ platform, userId: `U-${name}` }] }) as unknown as AgentSetting;
const agents = [agent('Bo'), agent('Li', 'feishu'), agent('Mai')];
const form = (name: FormName, known = agents) =>
  commandForm(name, 'i1', { bot: 'slack/default', agents: known, locale: 'en', templates: known.map((one) => one.name), maxOptions: 100 });

describe('forms that stand for a command', () => {
  it('offer the colleagues of this chat, and nothing where there are none', () => {
    expect(form('assign')).toMatchObject({
      name: 'assign',
      context: 'i1',
      fields: [{ name: 'to', options: [{ value: 'Bo' }, { value: 'Mai' }] }],
    });
    expect(form('assign', [agent('Li', 'feishu')])).toBeNull();
    const refunds = { ...agent('Bo'), groups: ['refunds'] };
    expect(form('assign', [refunds, agent('Mai')])?.fields).toMatchObject([
      { options: [{ value: 'Bo' }, { value: 'Mai' }, { value: 'group:refunds', label: 'Group refunds' }] },
    ]);
  });

  it('offer spans that the command takes', () => {
    const [spans] = form('snooze')?.fields ?? [];
    if (spans?.kind !== 'select') throw new Error('no spans are offered');
    for (const { value } of spans.options) expect(momentOf(value, now, 'Asia/Bangkok')?.getTime()).toBeGreaterThan(now.getTime());
  });

  it('offer the templates, and say where there are more than fit', () => {
    const names = Array.from({ length: 5 }, (_, index) => `t${index}`);
    const choices = { bot: 'slack/default', agents, locale: 'en', templates: names } as const;
    expect(commandForm('template', 'i1', { ...choices, maxOptions: 5 })).toMatchObject({
      ...{ name: 'template', intro: '', fields: [{ name: 'name', options: names.map((name) => ({ value: name, label: name })) }] },
    });
    expect(commandForm('template', 'i1', { ...choices, maxOptions: 4 })?.intro).toContain('!template');
    expect(commandForm('template', 'i1', { ...choices, templates: [], maxOptions: 4 })).toBeNull();
  });

  it('say what was filled in; words of one’s own go before a span', () => {
    expect(saidIn('assign', { to: 'Bo' })).toBe('Bo');
    expect(saidIn('snooze', { span: '1h', until: ' ' })).toBe('1h');
    expect(saidIn('snooze', { span: '1h', until: ' 09:00 ' })).toBe('09:00');
    expect(saidIn('template', { name: 'shipped' })).toBe('shipped');
    expect(saidIn('note', { words: 'a\nb' })).toBe('a\nb');
    for (const name of formNames) expect(saidIn(name, {})).toBe('');
  });
});

describe('what was filled in', () => {
  const submitted = (word: FormName, rest: string, changes: Partial<ThreadView> = {}, mayAnswer = true) =>
    decideThread(threadView({ settings: { ...settings, agents }, ...changes }), [
      { kind: 'command', id: 'i1:f', word, rest, mentions: [], member: { ...member, mayAnswer }, at: now },
    ]);
  const told = ({ turn }: ReturnType<typeof submitted>) =>
    turn?.deliveries.flatMap(({ content }) => (content.kind === 'notice' ? [[content.notice.key, content.visibleTo]] : []));

  it('is done', () => {
    expect(submitted('snooze', '1h').turn?.inquiry).toMatchObject({ snoozedUntil: addMs(now, 3_600_000) });
    expect(submitted('assign', 'Bo').turn?.inquiry).toMatchObject({ assignee: { userId: 'U-Bo', agent: 'Bo' } });
  });

  it('is shown, where it is a note', () => {
    const { turn, outcomes } = submitted('note', 'ask the\nwarehouse');
    expect(outcomes).toEqual(['note']);
    expect(turn).toMatchObject({
      messages: [{ direction: 'note', parts: [{ kind: 'text', text: 'ask the\nwarehouse' }], post: null }],
      history: [{ kind: 'noted', by: 'U1' }],
      inquiry: { counters: { notes: 1 } },
    });
    const shown = turn?.deliveries.map(({ content }) => (content.kind === 'answer' ? [content.visibleTo, content.parts[1]] : null));
    expect(shown).toEqual([[null, { kind: 'lines', lines: ['ask the', 'warehouse'] }]]);
  });

  it('is answered where it cannot be', () => {
    expect(told(submitted('note', ' '))).toEqual([['command.note-what', 'U1']]);
    expect(told(submitted('snooze', 'soon'))).toEqual([['command.snooze-until', 'U1']]);
    expect(told(submitted('assign', 'Nobody'))).toEqual([['command.assign-whom', 'U1']]);
  });

  it('is refused from who may not answer', () => {
    const refused = submitted('snooze', '1h', {}, false);
    expect(told(refused)).toEqual([['reply.not-allowed', 'U1']]);
    expect(refused.turn?.inquiry).toMatchObject({ snoozedUntil: inquiry.snoozedUntil });
  });

  it.each([
    ['snooze', true, 'asked'],
    ['assign', true, 'asked'],
    ['template', true, 'asked'],
    ['snooze', false, 'told-in-words'],
  ] as const)('follows the press of %s, where forms are opened (%s): %s', (action, opensForms, outcome) => {
    const { outcomes, turn } = decideThread(threadView({ opensForms }), [
      { kind: 'action', action, value: 'i1', member, post: null, at: now },
    ]);
    expect(outcomes).toEqual([outcome]);
    expect(turn === null).toBe(outcome === 'asked');
  });
});
