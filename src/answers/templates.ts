import { sentence } from '../core/ask.ts';
import { templateLines } from '../core/templates/prepare.ts';
import { text } from '../core/texts/index.ts';
import type { AnswerPart } from '../core/thread.ts';
import type { Templates } from '../templates.ts';
import type { Verb } from './questions.ts';

/** More would be no list that anybody reads. */
const mostNames = 100;

/** `/tm templates`: what there is; with a name, its texts and what would become of them. */
export const templates =
  (known: Pick<Templates, 'list' | 'named' | 'remarks' | 'unknown'>): Verb =>
  async ({ words, locale }) => {
    const name = words.trim();
    if (name !== '') {
      const variants = await known.named(name);
      if (variants.length === 0) {
        const { key, params } = await known.unknown(name);
        return sentence(key, params);
      }
      const parts = variants.flatMap((variant): readonly AnswerPart[] => [
        { kind: 'title', words: variant._id },
        {
          kind: 'lines',
          lines: [...variant.text.split('\n'), ...known.remarks(variant).map(({ key, params }) => `(${text(locale, key, params)})`)],
        },
      ]);
      return { kind: 'answer', parts, actions: [] };
    }
    const lines = templateLines(await known.list());
    if (lines.length === 0) return sentence('template.none');
    const shown = lines.slice(0, mostNames);
    const more = lines.length > mostNames ? [text(locale, 'answer.cut', { count: lines.length - mostNames })] : [];
    return {
      kind: 'answer',
      parts: [
        { kind: 'title', words: text(locale, 'template.list') },
        { kind: 'lines', lines: [...shown, ...more] },
      ],
      actions: [],
    };
  };
