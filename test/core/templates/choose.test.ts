import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTemplate, wantedLanguages } from '../../../src/core/templates/choose.ts';
import type { Template } from '../../../src/core/templates/template.ts';

const variant = (marketplace: string | null, language: string | null): Template => ({ name: 'shipped', marketplace, language, text: 'x' });
const choose = (variants: readonly Template[], languages: readonly (string | null)[], marketplace = 'tiktok-shop') => {
  const chosen = chooseTemplate(variants, { marketplace, languages });
  return chosen && [chosen.marketplace, chosen.language];
};

describe('chooseTemplate', () => {
  it('goes by marketplace first, then by language', () => {
    const all = [
      variant(null, null),
      variant(null, 'th'),
      variant('tiktok-shop', null),
      variant('tiktok-shop', 'th'),
      variant('shopee', 'th'),
    ];
    expect(choose(all, ['th', null])).toEqual(['tiktok-shop', 'th']);
    expect(choose(all.slice(0, 3), ['th', null])).toEqual(['tiktok-shop', null]);
    expect(choose(all, ['vi', null])).toEqual(['tiktok-shop', null]);
    expect(choose(all, ['th', null], 'shopee')).toEqual(['shopee', 'th']);
    expect(choose(all, ['vi', null], 'shopee')).toEqual([null, null]);
  });

  it('takes the very language, then the plain one, then that of another region', () => {
    const all = [variant(null, 'zh-CN'), variant(null, 'zh'), variant(null, 'zh-TW')];
    expect(choose(all, ['zh-TW'])).toEqual([null, 'zh-TW']);
    expect(choose(all.slice(0, 2), ['zh-TW'])).toEqual([null, 'zh']);
    expect(choose(all.slice(0, 1), ['zh-TW'])).toEqual([null, 'zh-CN']);
    expect(choose([...all].reverse(), ['zh-HK'])).toEqual([null, 'zh']);
    expect(choose([variant(null, 'zh-TW'), variant(null, 'zh-CN')], ['zh'])).toEqual([null, 'zh-CN']);
  });

  it('gives nobody words in a language that was not asked for', () => {
    expect(choose([variant(null, 'vi'), variant('tiktok-shop', 'id')], ['th', null, 'en'])).toBeNull();
    expect(choose([variant('shopee', null)], ['th', null])).toBeNull();
    expect(choose([], ['th', null])).toBeNull();
  });

  it("takes the agents' language last", () => {
    expect(wantedLanguages({ written: 'th', profile: 'vi', shop: 'zh-CN' })).toEqual(['th', 'vi', null, 'zh-CN']);
    const wanted = wantedLanguages({ written: null, profile: null, shop: 'zh-CN' });
    expect(choose([variant(null, 'zh-CN'), variant(null, null)], wanted)).toEqual([null, null]);
    expect(choose([variant(null, 'zh-CN')], wanted)).toEqual([null, 'zh-CN']);
  });

  it('chooses the same whatever the order, and never a worse one than another that fits', () => {
    const place = fc.record({
      marketplace: fc.constantFrom(null, 'tiktok-shop', 'shopee'),
      language: fc.constantFrom(null, 'th', 'zh', 'zh-TW', 'zh-CN', 'en'),
    });
    const variants = fc.uniqueArray(place, { selector: ({ marketplace, language }) => `${marketplace}/${language}` });
    const languages = fc.array(fc.constantFrom(null, 'th', 'zh', 'zh-TW', 'en', 'vi'), { maxLength: 4 });
    fc.assert(
      fc.property(variants, languages, fc.nat(), (places, wanted, turn) => {
        const all = places.map(({ marketplace, language }) => variant(marketplace, language));
        const turned = [...all.slice(turn % (all.length + 1)), ...all.slice(0, turn % (all.length + 1))];
        const chosen = choose(all, wanted);
        expect(choose(turned, wanted)).toEqual(chosen);
        const base = (tag: string | null) => tag?.split('-')[0] ?? null;
        const place = (language: string | null) => wanted.findIndex((one) => base(one) === base(language));
        const fits = all.filter(({ marketplace, language }) => marketplace !== 'shopee' && place(language) >= 0);
        expect(chosen === null).toBe(fits.length === 0);
        if (!chosen) return;
        const own = fits.some(({ marketplace }) => marketplace === 'tiktok-shop');
        expect(chosen[0]).toBe(own ? 'tiktok-shop' : null);
        const best = Math.min(...fits.filter(({ marketplace }) => marketplace === chosen[0]).map(({ language }) => place(language)));
        expect(place(chosen[1] ?? null)).toBe(best);
      }),
    );
  });
});
