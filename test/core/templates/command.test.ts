import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTemplateCommand } from '../../../src/core/templates/command.ts';

const parse = (words: string) => parseTemplateCommand(words, ['tiktok-shop', 'shopee']);
const key = (words: string) => {
  const parsed = parse(words);
  return parsed.kind === 'wrong' ? parsed.problem.key : parsed.kind;
};

describe('parseTemplateCommand', () => {
  it('reads a name, and a language behind it', () => {
    expect(parse('Shipped')).toEqual({ kind: 'use', name: 'shipped', language: null });
    expect(parse(' shipped  TH ')).toEqual({ kind: 'use', name: 'shipped', language: 'th' });
    expect(parse('')).toEqual({ kind: 'list' });
  });

  it('reads what is new, with its text in the lines below', () => {
    const text = 'Hi {{buyer.name}},\n\nit ships today.';
    expect(parse(`new shipped\n${text}\n`)).toEqual({ kind: 'new', place: { name: 'shipped', marketplace: null, language: null }, text });
    expect(parse(`edit shipped zh-tw TikTok-Shop\n${text}`)).toEqual({
      kind: 'edit',
      place: { name: 'shipped', marketplace: 'tiktok-shop', language: 'zh-TW' },
      text,
    });
    expect(parse('新建 发货 th\n您好')).toEqual({ kind: 'new', place: { name: '发货', marketplace: null, language: 'th' }, text: '您好' });
  });

  it('reads what goes', () => {
    const place = { name: 'shipped', marketplace: 'shopee', language: null };
    for (const words of ['remove shipped shopee', 'Delete shipped shopee', '删除 shipped shopee'])
      expect(parse(words)).toEqual({ kind: 'remove', place });
  });

  it('says what is not understood', () => {
    expect(key('new')).toBe('template.command.name-missing');
    expect(key('new shipped')).toBe('template.command.text-below');
    expect(key('new ship/ped\nx')).toBe('template.name-wrong');
    expect(key('new shipped Hello there\nx')).toBe('template.command.place');
    expect(key('new shipped th vi\nx')).toBe('template.command.place');
    expect(key('shipped thai')).toBe('template.command.use');
    expect(key('shipped\nand more')).toBe('template.command.use');
    expect(key('*')).toBe('template.name-wrong');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (words) => void parse(words)));
    fc.assert(fc.property(fc.constantFrom('new', 'edit', 'remove', ''), fc.string(), (verb, rest) => void parse(`${verb} ${rest}`)));
  });
});
