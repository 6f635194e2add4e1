import type { Inquiry } from '../core/inquiry.ts';
import { parseTemplateCommand, type TemplateAnswer } from '../core/templates/command.ts';
import { templateLines } from '../core/templates/prepare.ts';
import { templateId } from '../core/templates/template.ts';
import type { Templates } from '../templates.ts';
import { answerOf, type QuickReplyDeps, quickReply } from './quick-reply.ts';

interface TemplateCommandDeps extends QuickReplyDeps {
  readonly templates: Pick<Templates, 'list' | 'save' | 'remove' | 'unknown' | 'marketplaces'>;
}

/**
 * Does what `!template ...` asks for, but for sending. A template is saved before the decision that tells of it is stored: doing it twice is doing it once.
 * @param words what stands behind the verb
 */
export async function templateCommand(
  words: string,
  by: string,
  inquiry: Parameters<typeof quickReply>[0] & Pick<Inquiry, 'language'>,
  deps: TemplateCommandDeps,
): Promise<TemplateAnswer> {
  const { templates } = deps;
  const command = parseTemplateCommand(words, templates.marketplaces);
  switch (command.kind) {
    case 'list':
      return { kind: 'list', lines: templateLines(await templates.list()) };
    case 'use':
      return answerOf(await quickReply(inquiry, command, inquiry.language, deps));
    case 'new':
    case 'edit': {
      const done = await templates.save({ ...command.place, text: command.text }, { by, as: command.kind });
      if ('saved' in done) return said('template.saved', { id: done.saved._id }, done.remarks);
      return said('template.not-saved', {}, done.problems);
    }
    case 'remove': {
      const id = await templates.remove(command.place);
      if (id !== null) return said('template.removed', { id });
      // It may be there for other buyers.
      const known = (await templates.list()).some(({ name }) => name === command.place.name);
      return known
        ? said('template.none-of-this-name', { name: templateId(command.place) })
        : { kind: 'said', said: await templates.unknown(command.place.name), lines: [] };
    }
    case 'wrong':
      return { kind: 'said', said: command.problem, lines: [] };
  }
}

type Said = Extract<TemplateAnswer, { kind: 'said' }>;
const said = (key: Said['said']['key'], params: Said['said']['params'], lines: Said['lines'] = []): Said => ({
  kind: 'said',
  said: { key, params },
  lines,
});
