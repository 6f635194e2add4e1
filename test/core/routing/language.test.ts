import { describe, expect, it } from 'vitest';
import { languageByScript } from '../../../src/core/routing/language.ts';
import { malayOrIndonesian } from '../../../src/core/routing/malay.ts';

describe('languageByScript', () => {
  it.each([
    ['在吗', 'zh'],
    ['有 size M 吗', 'zh'],
    ['iPhone 15 保护壳还有货吗', 'zh'],
    ['鲜の每日什么时候发货呢', 'zh'],
    ['返品したいです', 'ja'],
    ['サイズ交換できますか', 'ja'],
    ['発送先住所変更希望です', 'ja'],
    ['환불 please', 'ko'],
    ['มีไซส์ M มั้ยคะ', 'th'],
    ['ສະບາຍດີ', 'lo'],
    ['សួស្តី', 'km'],
    ['Πού είναι;', 'el'],
    ['מתי זה מגיע', 'he'],
  ])('tells %j by its script: %s', (text, language) => {
    expect(languageByScript(text)).toEqual({ language });
  });

  it.each(['', ' ', '👍', '123', 'ok', 'Hi', '???', 'https://example.com/very/long', 'me@example.com'])('tells nothing by %j', (text) => {
    expect(languageByScript(text)).toBeNull();
  });

  it.each(['Where is it?', 'Где заказ', 'متى يصل', 'is 红 ok for you'])('leaves %j to a detector', (text) => {
    expect(languageByScript(text)).toMatchObject({ language: null, sample: text });
  });

  it('gives no addresses to the detector, and no more than a few hundred characters', () => {
    expect(languageByScript('look https://shop.example/abc?d=1 there')).toEqual({ language: null, sample: 'look   there' });
    expect(languageByScript('word '.repeat(1_000))).toMatchObject({ sample: 'word '.repeat(80) });
  });
});

describe('malayOrIndonesian', () => {
  it.each<['ms' | 'id', string, string | null]>([
    ['id', 'Kapan pesanan saya dikirim?', 'MY'],
    ['ms', 'Bila barang saya nak sampai?', 'ID'],
    ['id', 'Terima kasih', 'ID'],
    ['ms', 'Terima kasih', 'SG'],
    ['id', 'Terima kasih', null],
  ])('says %s of %j in a shop of %s', (language, text, region) => {
    expect(malayOrIndonesian(text, region)).toBe(language);
  });
});
