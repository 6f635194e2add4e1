import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countBeside, planThread } from '../../../bots/dingtalk/plan.ts';
import { layOut, maxPostChars } from '../../../bots/dingtalk/thread-card.ts';
import { board, lineOf, message, messages, showing, thread } from './organisation.ts';

const said = (length: number, at: number) => message(`${'word '.repeat(length)}end`, { sentAt: new Date(at * 1_000) });

it('whatever is being shown is seen once: on the card, or before it, in its order', () => {
  const lengths = fc.array(fc.nat({ max: 2_000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lengths, fc.nat({ max: 12 }), (all, fresh) => {
      const every = all.map(said);
      const shown = every.slice(-Math.max(1, fresh));
      const { onCard, before, cut } = layOut(board(every.map((one) => lineOf(one))), shown, 'en');
      const pieces = [...before, ...onCard];
      const words = shown.map((one) =>
        pieces
          .filter((piece) => piece.message === one)
          .map((piece) => piece.words)
          .join(' '),
      );
      expect(words.map((one) => one.split(/\s+/).length)).toEqual(
        shown.map(
          ({ parts }) =>
            parts
              .map((part) => (part.kind === 'text' ? part.text : ''))
              .join('')
              .split(/\s+/).length,
        ),
      );
      expect(onCard.reduce((sum, piece) => sum + piece.words.length, 0)).toBeLessThanOrEqual(maxPostChars);
      expect(onCard.length).toBeGreaterThan(0);
      expect(before.every((piece) => piece.message !== null)).toBe(true);
      expect(cut).toBe(
        [...new Set(every)].some((one) => !shown.includes(one) && !onCard.some(({ line }) => line.sentAt === one.sentAt)) || cut,
      );
      const times = pieces.map(({ line }) => line.sentAt.getTime());
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }),
    { numRuns: 40 },
  );
});

it('is never more cards than is declared', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3_000 }), { minLength: 1, maxLength: 20 }), fc.nat({ max: 5 }), (lengths, pictures) => {
      const image = { kind: 'image', media: { url: 'https://pictures.example/a.png' } } as const;
      const shown = lengths.map((length, at) => {
        const one = said(length, at);
        return at < pictures ? { ...one, parts: [...one.parts, image] } : one;
      });
      const options = { assigneeName: null, images: shown.map(() => '@id'), rootIsGone: false };
      const content = messages(...shown);
      if (content.kind !== 'messages') return;
      const plan = planThread(thread('root', board(shown.map((one) => lineOf(one)))), showing(content), content, options);
      expect(plan.make.length).toBeLessThanOrEqual(countBeside(shown, 'en'));
    }),
    { numRuns: 40 },
  );
});

it('shows a message twice where it was said twice', () => {
  const twice = [said(0, 1), said(0, 1)];
  const { onCard } = layOut(board([...twice.map((one) => lineOf(one)), lineOf(said(0, 0))]), [said(0, 1)], 'en');
  expect(onCard).toHaveLength(3);
  expect(onCard.filter((piece) => piece.message !== null)).toHaveLength(1);
});
