import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/core/settings.ts';
import { createLanguageDetector } from '../../src/language.ts';
import { createRouting } from '../../src/routing.ts';
import { cpuMsOf, cpuMsSince } from '../cpu-time.ts';

/** What buyers write first, as short as they do; in a shop of the country where most of them are. */
const written: readonly (readonly [language: string, region: string, texts: readonly string[]])[] = [
  [
    'zh',
    'CN',
    [
      '你好，请问什么时候发货？',
      '在吗',
      '有没有红色的',
      '这个尺码偏大吗',
      '我要退货',
      '快递到哪了，一直没收到',
      '謝謝，收到了',
      '可以便宜一点吗？',
    ],
  ],
  [
    'en',
    'US',
    [
      'Where is my order?',
      'when will it ship',
      'is this still available',
      'I want a refund pls',
      'item arrived broken',
      'thanks',
      'do you have size M in black',
    ],
  ],
  ['th', 'TH', ['สวัสดีค่ะ', 'ส่งของเมื่อไหร่คะ', 'มีสีแดงไหม', 'ยังไม่ได้รับสินค้าเลยค่ะ', 'ขอคืนเงิน', 'มีไซส์ M มั้ยคะ']],
  [
    'vi',
    'VN',
    [
      'Shop ơi còn hàng không ạ',
      'Khi nào giao hàng vậy shop',
      'Mình muốn đổi trả hàng',
      'Sao chưa nhận được hàng',
      'Có màu đen không shop',
      'cảm ơn shop',
      'shop oi con hang khong',
    ],
  ],
  [
    'id',
    'ID',
    [
      'Kak barangnya ready?',
      'Kapan pesanan saya dikirim?',
      'Saya mau retur barang rusak',
      'Apakah bisa COD kak',
      'Ukurannya kekecilan, bisa tukar gak?',
      'Terima kasih kak',
      'Paket saya belum sampai',
      'kok belum dikirim ya min',
    ],
  ],
  [
    'ms',
    'MY',
    [
      'Bila barang saya nak sampai?',
      'Boleh tukar saiz tak?',
      'Barang rosak, saya nak refund',
      'Masih ada stok lagi ke?',
      'Terima kasih, barang dah sampai',
      'Kenapa lambat sangat hantar',
    ],
  ],
  [
    'tl',
    'PH',
    [
      'Kailan po darating yung order ko?',
      'Available pa po ba ito?',
      'Pwede po bang magpalit ng size?',
      'Sira po yung dumating',
      'Salamat po',
      'Magkano po shipping sa Cebu',
    ],
  ],
  [
    'pt',
    'BR',
    [
      'Oi, quando chega meu pedido?',
      'Tem na cor preta?',
      'Quero devolver o produto',
      'Veio com defeito, quero meu dinheiro de volta',
      'obrigado',
      'Ainda não recebi nada',
    ],
  ],
  [
    'es',
    'MX',
    [
      'Hola, ¿cuándo llega mi pedido?',
      '¿Tienen talla M?',
      'Quiero devolver el producto',
      'Llegó roto, quiero un reembolso',
      'gracias',
      'todavía no me llega nada',
    ],
  ],
  ['ja', 'JP', ['いつ届きますか？', 'サイズ交換できますか', '返品したいです', 'まだ発送されていません', 'ありがとうございます']],
  ['ko', 'KR', ['언제 배송되나요?', '환불해 주세요', '아직 안 왔어요', '감사합니다']],
  ['de', 'DE', ['Wann kommt mein Paket an?', 'Ich möchte die Ware zurücksenden', 'Haben Sie das in Größe M?']],
  ['fr', 'FR', ['Bonjour, où est ma commande ?', 'Je veux un remboursement', 'Avez-vous la taille M ?']],
  ['it', 'IT', ['Quando arriva il mio ordine?', 'Vorrei un rimborso', 'Avete la taglia M?']],
  ['ru', 'RU', ['Когда придёт мой заказ?']],
  ['ar', 'SA', ['متى يصل طلبي؟']],
  ['tr', 'TR', ['Siparişim ne zaman gelecek?']],
  ['pl', 'PL', ['Kiedy przyjdzie moja paczka?']],
  ['nl', 'NL', ['Wanneer komt mijn bestelling aan?']],
];
/** Not told: Vietnamese that is written without its marks looks like Spanish to a table of letters. */
const missed = ['shop oi con hang khong'];

const detector = createLanguageDetector();

describe("the language of a buyer's words", () => {
  it.each(written)('is told for %s', async (language, region, texts) => {
    const told = await Promise.all(texts.map((text) => detector.languageOf(text, { told: undefined, region })));
    expect(texts.filter((text, index) => told[index] !== language && !missed.includes(text))).toEqual([]);
  });

  it('is told without knowing the country, but for words that Malay and Indonesian share', async () => {
    for (const [language, , texts] of written) {
      for (const text of texts.filter((one) => !missed.includes(one))) {
        const told = await detector.languageOf(text, { told: undefined, region: null });
        expect([text, told === language || (language === 'ms' && told === 'id')]).toEqual([text, true]);
      }
    }
  });

  it('is what the marketplace says, if it says so', async () => {
    const cases = [
      ['th-TH', 'th'],
      ['zh_Hant_TW', 'zh'],
      ['fil', 'tl'],
      ['in', 'id'],
      ['EN', 'en'],
    ] as const;
    for (const [told, language] of cases) expect(await detector.languageOf('Hola, ¿cuándo llega?', { told, region: null })).toBe(language);
    for (const told of ['', '-', 'und', 'english'])
      expect(await detector.languageOf('Hola, ¿cuándo llega mi pedido?', { told, region: null })).toBe('es');
  });

  it('is not told of what is no text, and takes no time to speak of with any', async () => {
    for (const text of ['', '👍', '12345', 'ok', '?'])
      expect(await detector.languageOf(text, { told: undefined, region: null })).toBeNull();
    for (const text of [
      "'".repeat(1e6),
      'a'.repeat(1e6),
      'я'.repeat(1e6),
      'a@'.repeat(5e5),
      `http://${'x'.repeat(1e6)}`,
      '\ud800'.repeat(1e6),
    ]) {
      const before = process.threadCpuUsage();
      await detector.languageOf(text, { told: undefined, region: null });
      expect(cpuMsSince(before)).toBeLessThan(1_000);
    }
  });

  it('asks for the detector only where the script leaves it open, and once', async () => {
    let loads = 0;
    const lazy = createLanguageDetector({
      load: async () => {
        loads += 1;
        return { detect: () => ({ language: 'en' }) };
      },
    });
    for (const text of ['在吗', 'ส่งของเมื่อไหร่คะ', '언제', '', 'ok']) await lazy.languageOf(text, { told: undefined, region: null });
    await lazy.languageOf('where is it', { told: 'de', region: null });
    expect(loads).toBe(0);
    for (const text of ['where is it', 'and now']) expect(await lazy.languageOf(text, { told: undefined, region: null })).toBe('en');
    expect(loads).toBe(1);
  });

  it('costs a rule and not a message where it cannot be looked for', async () => {
    const warned: object[] = [];
    const log = { debug: () => {}, info: () => {}, error: () => {}, warn: (fields: object) => void warned.push(fields) };
    const broken = createLanguageDetector({ load: () => Promise.reject(new Error('gone')) });
    const routing = createRouting({ settings: () => defaultSettings, log, detector: broken });
    expect(await routing.languageOf('where is it', { told: undefined, region: null })).toBeNull();
    expect(warned).toHaveLength(1);
    expect(await routing.languageOf('在吗', { told: undefined, region: null })).toBe('zh');
  });
});

describe('a search for keywords', () => {
  it('takes no time to speak of with any', async () => {
    const { evaluate } = await import('../../src/core/routing/evaluate.ts');
    const { now, shop } = await import('../core/fixtures.ts');
    const nothing = { language: null, returning: false, buyerTags: [], products: [], categories: [], orderStatuses: [] };
    const channel = { platform: 'slack', connection: 'default', id: 'C1' };
    const rules = [{ when: { keyword: [`${'a'.repeat(99)}b`, 'a'.repeat(100)] }, channel }];
    const facts = { shop, conversation: 'c', words: `${'a'.repeat(1e6)}`, ...nothing, now };
    expect(cpuMsOf(() => evaluate(rules, facts, () => false))).toBeLessThan(1_000);
  });
});
