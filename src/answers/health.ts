import { queueView } from '../core/figures/desk.ts';
import type { AnswerContent } from '../core/thread.ts';
import type { Desk } from '../figures/desk.ts';
import type { Verb } from './questions.ts';

/** `/tm health`: what `/readyz` tells, and how many wait. */
export const health =
  (checks: () => readonly { readonly name: string; readonly ok: boolean; readonly problem?: string }[], desk: Pick<Desk, 'queue'>): Verb =>
  async ({ locale }): Promise<AnswerContent> => ({
    kind: 'answer',
    parts: [
      { kind: 'title', words: queueView(await desk.queue({}, 0), locale).heading },
      {
        kind: 'lines',
        lines: checks().map(({ name, ok, problem }) => `${ok ? '✅' : '🔴'} ${name}${problem === undefined ? '' : ` (${problem})`}`),
      },
    ],
    actions: [],
  });
