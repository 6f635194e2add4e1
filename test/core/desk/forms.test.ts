import { describe, expect, it } from 'vitest';
import { decideThread } from '../../../src/core/decide-chat.ts';
import { type CommandForm, commandForm, saidIn } from '../../../src/core/desk/forms.ts';
import { momentOf } from '../../../src/core/desk/when.ts';
import type { AgentSetting } from '../../../src/core/settings.ts';
import type { ThreadView } from '../../../src/core/thread-view.ts';
import { addMs } from '../../../src/core/time.ts';
import { inquiry, member, now, settings, threadView } from '../fixtures.ts';

const agent = (name: string, platform = 'slack') =>
  ({ name, role: 'agent', accounts: [{ platform, userId: `U-${name}` }] }) as unknown as AgentSetting;
const agents = [agent('Bo'), agent('Li', 'feishu'), agent('Mai')];
const form = (name: CommandForm, known = agents) => commandForm(name, 'i1', { bot: 'slack/default', agents: known, locale: 'en' });

describe('forms that stand for a command', () => {
  it('offer the colleagues of this chat, and nothing where there are none', () => {
    expect(form('assign')).toMatchObject({
      name: 'assign',
      context: 'i1',
      fields: [{ name: 'to', options: [{ value: 'Bo' }, { value: 'Mai' }] }],
    });
    expect(form('assign', [agent('Li', 'feishu')])).toBeNull();
  });

  it('offer spans that the command takes', () => {
    const [spans] = form('snooze')?.fields ?? [];
    if (spans?.kind !== 'select') throw new Error('no spans are offered');
    for (const { value } of spans.options) expect(momentOf(value, now, 'Asia/Bangkok')?.getTime()).toBeGreaterThan(now.getTime());
  });

  it('say what was filled in; words of one’s own go before a span', () => {
    expect(saidIn('assign', { to: 'Bo' })).toBe('Bo');
    expect(saidIn('snooze', { span: '1h', until: ' ' })).toBe('1h');
    expect(saidIn('snooze', { span: '1h', until: ' 09:00 ' })).toBe('09:00');
    for (const name of ['assign', 'snooze'] as const) expect(saidIn(name, {})).toBe('');
  });
});

describe('what was filled in', () => {
  const submitted = (word: CommandForm, rest: string, changes: Partial<ThreadView> = {}, mayAnswer = true) =>
    decideThread(threadView({ settings: { ...settings, agents }, ...changes }), [
      { kind: 'command', id: 'i1:f', word, rest, member: { ...member, mayAnswer }, at: now },
    ]);
  const told = ({ turn }: ReturnType<typeof submitted>) =>
    turn?.deliveries.flatMap(({ content }) => (content.kind === 'notice' ? [[content.notice.key, content.visibleTo]] : []));

  it('is done', () => {
    expect(submitted('snooze', '1h').turn?.inquiry).toMatchObject({ snoozedUntil: addMs(now, 3_600_000) });
    expect(submitted('assign', 'Bo').turn?.inquiry).toMatchObject({ assignee: { userId: 'U-Bo', agent: 'Bo' } });
  });

  it('is answered where it cannot be', () => {
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
    ['snooze', false, 'not-available'],
    ['template', true, 'not-available'],
  ] as const)('follows the press of %s, where forms are opened (%s): %s', (action, opensForms, outcome) => {
    const { outcomes, turn } = decideThread(threadView({ opensForms }), [
      { kind: 'action', action, value: 'i1', member, post: null, at: now },
    ]);
    expect(outcomes).toEqual([outcome]);
    expect(turn === null).toBe(outcome === 'asked');
  });
});
