import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromMarkup, toMarkup } from '../../../bots/slack/markup.ts';
import { cpuMsOf } from '../../cpu-time.ts';

describe('from markup to plain words', () => {
  it.each([
    ['Tom &amp; Jerry &lt;3', 'Tom & Jerry <3', []],
    ['&amp;lt; stays an entity', '&lt; stays an entity', []],
    ['<@U0BOT> when does it ship?', 'when does it ship?', []],
    ['<@U0ADA|ada> please look', '@ada please look', ['U0ADA']],
    ['<@U0ADA> and <@U0ADA>', '@U0ADA and @U0ADA', ['U0ADA']],
    ['<!here> anyone?', '@here anyone?', ['here']],
    ['<!subteam^S0TH|@th-team> please', '@th-team please', ['S0TH']],
    ['see <#C0HELP|help>', 'see #help', []],
    ['<https://shop.example/a?b=1&amp;c=2>', 'https://shop.example/a?b=1&c=2', []],
    ['<http://shop.example|shop.example>', 'shop.example', []],
    ['<https://shop.example/returns|our page>', 'our page (https://shop.example/returns)', []],
    ['<mailto:a@shop.example|a@shop.example>', 'a@shop.example', []],
    ['<!date^1392734382^{date}|Feb 18>', 'Feb 18', []],
    ['*bold* _slanted_ ~struck~ *_both_*', 'bold slanted struck both', []],
    ['5*3*2 and a_file_name and ~ 20 ~', '5*3*2 and a_file_name and ~ 20 ~', []],
    ['run `npm *test*` now', 'run npm *test* now', []],
    ['```\nline _one_\nline two\n```', 'line _one_\nline two', []],
    ['```a``` and ```b', 'a and ```b', []],
    ['*_~all three~_* ~_*and back*_~', 'all three and back', []],
    ['thanks :pray: :+1::skin-tone-3: :our_logo: at 10:30:45', 'thanks 🙏 👍🏼 :our_logo: at 10:30:45', []],
    ['*see <https://x.example|this>*', 'see this (https://x.example)', []],
  ])('%s', (markup, text, mentions) => {
    expect(fromMarkup(markup, ['U0BOT'])).toEqual({ text, mentions });
  });
});

describe('the time that markup takes', () => {
  const times = 40_000;
  it.each([
    ['nested signs', `${'*_~'.repeat(times)}a${'~_*'.repeat(times)}`],
    ['signs that open only', '*a _b ~c '.repeat(times)],
    ['different mentions', Array.from({ length: times }, (_, index) => `<@U${index}>`).join(' ')],
    ['angle brackets', '<'.repeat(times * 10)],
    ['fences', '```'.repeat(times * 3 + 1)],
    ['single code signs', '`a\n'.repeat(times * 3)],
    ['colons', ':a'.repeat(times * 5)],
    ['entities', '&amp;'.repeat(times * 2)],
  ])('grows with its length alone: %s', (_name, markup) => {
    const ids = Array.from({ length: times }, (_, index) => `UBOT${index}`);
    expect(cpuMsOf(() => fromMarkup(markup, ids))).toBeLessThan(2_000);
  });
});

describe('from plain words to the text of a post', () => {
  it('leaves no angle bracket, and reads back as the same words', () => {
    const words = fc.stringMatching(/^[a-c <>&:@!#|1/]{0,40}$/);
    fc.assert(
      fc.property(words, (said) => {
        const markup = toMarkup(said);
        expect(markup).not.toMatch(/[<>]/);
        expect(fromMarkup(markup)).toEqual({ text: said.trim(), mentions: [] });
      }),
    );
  });
});
