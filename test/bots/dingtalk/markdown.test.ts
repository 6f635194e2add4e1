import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bold, mention, monospace, toLetter } from '../../../bots/dingtalk/markdown.ts';
import { renderMarkdown } from '../../kits/dingtalk/markdown.ts';

const read = (source: string) => {
  const { text, ...rest } = renderMarkdown(source);
  return { ...rest, text: text.replaceAll('\u200b', '').replaceAll('\u00a0', ' ').replace(/^ $/gm, '').trim() };
};

describe('words in markdown', () => {
  it.each([
    '*bold* _slanted_ ~struck~ **b** __u__ ~~s~~',
    '`code` and ```block```',
    '> quoted',
    '# a heading\n## another',
    '- one\n+ two\n1. three\n2) four',
    '[Your bank](https://evil.example)',
    '![picture](https://evil.example/a.png)',
    '<a atId=boss>@Boss</a> <font color=red>x</font>',
    'Tom & Jerry < 5 > 3 &lt; &amp; &#42;',
    '    four blanks\n\ttab',
    'a | b\n---|---\n===',
    'one\ntwo\n\nthree',
    '\\*not bold\\*',
    '灯 🙂 ไทย _x_',
  ])('stand to the letter: %j', (words) => {
    const expected = words.split('\n').map((line) => line.replace(/^[ \t]+/, (head) => ' '.repeat(head.length)));
    const { text, pings, styled } = read(toLetter(words));
    expect(text).toBe(expected.join('\n').trim());
    expect({ pings, styled }).toEqual({ pings: [], styled: [] });
  });

  it('have no effect, whatever they are', () => {
    const nasty = fc.string({ unit: fc.constantFrom(...'*_~`[]()<>!#-+=|\\&;. \n\tab1@:/'), maxLength: 40 });
    fc.assert(
      fc.property(nasty, (words) => {
        const { pings, styled } = read(toLetter(words));
        expect({ pings, styled }).toEqual({ pings: [], styled: [] });
      }),
    );
  });

  it('are bold as one line, and as nothing else', () => {
    expect(read(bold('a *b*\nc'))).toEqual({ text: 'a *b* c', pings: [], styled: ['a *b* c'] });
  });

  it('stand in letters of one width, whatever fence is in them', () => {
    for (const lines of [['Shop  Open', 'Lamp     7'], ['```', '<a atId=boss>'], ['````x````']]) {
      expect(read(monospace(lines))).toEqual({ text: lines.join('\n'), pings: [], styled: [] });
    }
  });

  it('mention one person, by a name that is to the letter', () => {
    expect(read(mention('mai"><b', 'M*a*i'))).toMatchObject({ text: '@M*a*i', pings: ['maib'] });
  });
});
