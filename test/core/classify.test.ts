import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClassifyPolicy, classify } from '../../src/core/classify.ts';
import { defaultSettings } from '../../src/core/settings.ts';

const policy: ClassifyPolicy = { notePrefixes: defaultSettings.reply.notePrefixes, channelMode: 'reply' };
const kindOf = (text: string, options: { mentions?: string[]; after?: boolean; policy?: Partial<ClassifyPolicy> } = {}) =>
  classify({ text, mentions: options.mentions ?? [], followsNoteOfAnotherPerson: options.after ?? false }, { ...policy, ...options.policy })
    .kind;

const notes = [
  '// check the stock first',
  '//check the stock first',
  '//',
  '///',
  '／／ 先查库存',
  '/／ mixed',
  '   // leading white space',
  '\n\n// leading line ends',
  '\t//tab',
  '\u200b// zero-width space before',
  '/\u200b/ zero-width space inside',
  '\ufeff//byte order mark',
  '\u202e// direction override',
  '∕∕ slashes of another block',
  'note: call the warehouse',
  'Note: call the warehouse',
  'NOTE : call',
  'note - call',
  'note – call',
  'note — call',
  'note| call',
  'note> call',
  'note] call',
  'note, call',
  'note; call',
  'note\ncall the warehouse',
  'note',
  'Note.',
  'ｎｏｔｅ： call',
  'NOTE：call',
  'n\u00adote: soft hyphen',
  'no\u200dte: joiner',
  'note\u200b: zero-width before the colon',
  'note ： full-width colon',
  'note 📌 call',
  '备注：买家要改地址',
  '备注:买家要改地址',
  '备注 买家要改地址',
  '备注，买家要改地址',
  '备注、买家要改地址',
  '备注。',
  '备注\n买家要改地址',
  '备注',
  '　备注：全角空格开头',
  '【备注】买家要改地址'.slice(1),
  '内部：不要承诺退款',
  '内部 不要承诺退款',
  '内部-不要承诺退款',
  '内部',
];

const inDoubt = [
  'notes : ask Somchai',
  'Notes: ask Somchai',
  'noted: ask Somchai',
  'Nota: el pedido sale mañana',
  'ntoe: ask Somchai',
  'noe: ask Somchai',
  'nоte: with a Cyrillic letter',
  'note that the parcel leaves tomorrow',
  'Note the size before you order',
  'note 20 ultra is in stock',
  'note-taking app is included',
  "note's colour is blue",
  '备注好了',
  '备注里写一下颜色就可以',
  '内部尺寸是 20 厘米',
  '"note: call"',
  '“备注：改地址”',
  '> note: call',
  '> // call',
  '* note: call',
  '*note*: call',
  '(note: call)',
  '[note] call',
  '【备注】改地址',
  '#note: call',
  '📝 note: call',
  ':memo: note: call',
  '📝// call',
  '"!undo"',
  '> /resolve',
  '- !claim',
  '! undo',
  '/ resolve',
  '/',
  '/ /',
  '\\\\ call',
  '\\note',
];

const commands: [string, string][] = [
  ['!undo', 'undo'],
  ['!UNDO', 'undo'],
  ['  !undo', 'undo'],
  ['！undo', 'undo'],
  ['！ｕｎｄｏ', 'undo'],
  ['/undo', 'undo'],
  ['／undo', 'undo'],
  ['/resolve now', 'resolve'],
  ['!\u200bundo', 'undo'],
  ['\u200b!undo', 'undo'],
  ['!撤回', '撤回'],
  ['！好的', '好的'],
  ['!note: call', 'note:'],
  ['/note call', 'note'],
  ['/path/to/file', 'path/to/file'],
  ['!5', '5'],
  ['!_hidden', '_hidden'],
  ['ǃundo', 'undo'],
];

const replies = [
  'Hello, your parcel left our warehouse today.',
  'Noted, we will ship it today.',
  'Noted! Thank you.',
  'Notebooks are in stock.',
  'notebook: 12.90 each',
  'Not yet: it leaves tomorrow',
  'No.',
  'Please note: it takes 3 days',
  'I made a note: blue, size M',
  'Note20 case is in stock',
  'noteworthy: it is waterproof',
  '订单备注：可以写颜色',
  '已备注',
  '全部：3 件',
  '内容：一个杯子',
  'สวัสดีค่ะ พัสดุส่งแล้วค่ะ',
  '1/2 price today',
  '24/7',
  'and/or',
  'https://shop.tiktok.com/view/product/1',
  '😀 Hello!',
  ':smile: hello',
  '"Hello" is printed on it',
  '> where is my parcel\nIt is on its way',
  '- first\n- second',
  '!!! Sale today',
  '!',
  '?!',
  '(!) Please check the size',
  '¡Hola! Su pedido salió hoy.',
  '¿¡Cómo está!?',
  '...',
  '100% cotton',
  '@ 5 pm',
  'Open till 6 @7pm in Bangkok',
  'lamp@example.com is ours',
  '',
  '   ',
];

describe('classify', () => {
  it.each(notes)('takes %j for a note', (text) => {
    expect(kindOf(text)).toBe('note');
  });
  it.each(inDoubt)('asks about %j', (text) => {
    expect(classify({ text, mentions: [], followsNoteOfAnotherPerson: false }, policy)).toEqual({ kind: 'in-doubt', text });
  });
  it.each(commands)('takes %j for a command', (text, verb) => {
    expect(classify({ text, mentions: [], followsNoteOfAnotherPerson: false }, policy)).toMatchObject({ kind: 'command', verb });
  });
  it('hands on what follows a command as it was written', () => {
    expect(classify({ text: ' ！Tag  Late Delivery ', mentions: [], followsNoteOfAnotherPerson: false }, policy)).toEqual({
      ...{ kind: 'command', verb: 'tag', rest: 'Late Delivery' },
    });
  });
  it.each(replies)('takes %j for a reply', (text) => {
    expect(classify({ text, mentions: [], followsNoteOfAnotherPerson: false }, policy)).toEqual({ kind: 'reply', text: text.trim() });
  });

  it.each(['@Mai can you look?', 'Can you look, @mai?', '＠小美 帮忙看一下', 'hm\n@mai'])(
    'asks about a name that was typed and not picked: %j',
    (text) => {
      expect(kindOf(text)).toBe('in-doubt');
    },
  );

  it('takes what mentions a colleague for a note, but a command for a command', () => {
    expect(kindOf('can you look at this?', { mentions: ['U2'] })).toBe('note');
    expect(kindOf('notes : look', { mentions: ['U2'] })).toBe('note');
    expect(kindOf('!undo', { mentions: ['U2'] })).toBe('command');
  });

  it('takes everything for a note where the channel is for notes or alerts', () => {
    expect(kindOf('Hello', { policy: { channelMode: 'note' } })).toBe('note');
    expect(kindOf('Hello', { policy: { channelMode: 'alerts' } })).toBe('note');
    expect(kindOf('/resolve', { policy: { channelMode: 'alerts' } })).toBe('command');
  });

  it("asks about what follows another person's note", () => {
    expect(kindOf('yes, two left', { after: true })).toBe('in-doubt');
    expect(kindOf('', { after: true })).toBe('in-doubt');
    expect(kindOf('// yes', { after: true })).toBe('note');
    expect(kindOf('!undo', { after: true })).toBe('command');
  });

  it('follows the prefixes of the settings', () => {
    const own = { notePrefixes: ['#', '[fyi]', 'intern'] };
    expect(kindOf('# call', { policy: own })).toBe('note');
    expect(kindOf('[FYI] call', { policy: own })).toBe('note');
    expect(kindOf('Intern: call', { policy: own })).toBe('note');
    expect(kindOf('international shipping takes a week', { policy: own })).toBe('reply');
    expect(kindOf('note: see the size table', { policy: own })).toBe('reply');
    expect(kindOf('// call', { policy: own })).toBe('in-doubt');
    expect(kindOf('hello', { policy: { notePrefixes: ['', ' '] } })).toBe('reply');
  });

  it('never lets out what begins with a note prefix or a command', () => {
    const hidden = fc
      .array(fc.constantFrom(...' \t\n\u3000\u00a0\u200b\u200d\ufeff\u2060\u00ad\u202e\u2066\u0007'), { maxLength: 6 })
      .map((chars) => chars.join(''));
    const widened = (text: string) =>
      fc
        .array(fc.tuple(fc.boolean(), fc.boolean(), fc.constantFrom('', '', '', '\u200b', '\u00ad', '\u2060')), {
          minLength: text.length,
          maxLength: text.length,
        })
        .map((choices) =>
          [...text]
            .map((char, index) => {
              const [upper, wide, joint] = choices[index] ?? [false, false, ''];
              const cased = upper ? char.toUpperCase() : char;
              const code = cased.charCodeAt(0);
              return (wide && code > 0x20 && code < 0x7f ? String.fromCharCode(code + 0xfee0) : cased) + joint;
            })
            .join(''),
        );
    const token = fc.oneof(
      fc.constantFrom('//', 'note', '备注', '内部').chain(widened),
      fc.tuple(fc.constantFrom('!', '/'), fc.stringMatching(/^[a-z0-9_]{1,12}$/)).chain(([sign, word]) => widened(sign + word)),
    );
    const rest = fc
      .tuple(fc.constantFrom(' ', ':', '：', '\n', ' : '), fc.string({ unit: 'grapheme', maxLength: 40 }))
      .map((pair) => pair.join(''));
    fc.assert(
      fc.property(hidden, token, rest, fc.boolean(), (before, first, after, follows) => {
        const { kind } = classify({ text: before + first + after, mentions: [], followsNoteOfAnotherPerson: follows }, policy);
        expect(kind).not.toBe('reply');
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws and keeps the words of what it lets out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const verdict = classify({ text, mentions: [], followsNoteOfAnotherPerson: false }, policy);
        if (verdict.kind === 'reply') expect(verdict.text).toBe(text.trim());
      }),
    );
  });
});
