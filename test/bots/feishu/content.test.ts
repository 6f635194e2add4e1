import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlainContent } from '../../../bots/feishu/content.ts';

const context = {
  mentions: [
    { key: '@_user_1', id: 'ou_bot', name: 'Threadmart' },
    { key: '@_user_2', id: 'ou_mai', name: 'Mai' },
    { key: '@_user_10', id: 'ou_ten', name: 'Ten' },
  ],
  isUs: ({ id }: { readonly id: string }) => id === 'ou_bot',
  fileUrl: (key: string, type: string) => `https://there/${key}?type=${type}`,
};
const read = (type: string, content: unknown) => toPlainContent(type, JSON.stringify(content), context);
const none = { mentions: [], callsUs: false, files: [] };

describe('text', () => {
  it.each<[string, string, readonly string[], boolean]>([
    ['hello', 'hello', [], false],
    ['@_user_1 stats', 'stats', [], true],
    ['ask @_user_2 and @_user_10', 'ask @Mai and @Ten', ['ou_mai', 'ou_ten'], false],
    ['@_all look', '@all look', ['all'], false],
    ['@_user_77 who', '@_user_77 who', [], false],
    ['see [shop](https://shop.example/a)', 'see shop (https://shop.example/a)', [], false],
    ['see [https://shop.example/a](https://shop.example/a)', 'see https://shop.example/a', [], false],
    ['[me@a.example](mailto:me@a.example)', 'me@a.example', [], false],
    ['[not](a link) [x] (y) **stars** <at user_id="ou_x">', '[not](a link) [x] (y) **stars** <at user_id="ou_x">', [], false],
    ['  spaces\n\nand lines ', 'spaces\n\nand lines', [], false],
  ])('%j', (typed, text, mentions, callsUs) => {
    expect(read('text', { text: typed })).toEqual({ text, mentions, callsUs, files: [] });
  });

  it('takes time in proportion to its length', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('[', ']', '(', ')', 'https://', '@_user_2', ' '), { maxLength: 2_000 }), (parts) => {
        expect(read('text', { text: parts.join('') }).files).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('rich text', () => {
  it('reads line by line, its marks gone, its pictures as files', () => {
    const post = {
      title: 'Title',
      content: [
        [
          { tag: 'text', text: 'bold ', style: ['bold'] },
          { tag: 'a', text: 'here', href: 'https://a.example' },
          { tag: 'at', user_id: '@_user_2', user_name: 'Mai' },
        ],
        [{ tag: 'img', image_key: 'img_1' }],
        [],
        [
          { tag: 'emotion', emoji_type: 'SMILE' },
          { tag: 'code_block', text: 'a < b' },
          { tag: 'something_new', text: '!' },
        ],
        [{ tag: 'hr' }],
        [{ tag: 'media', file_key: 'file_1', image_key: 'img_2' }],
      ],
    };
    const expected = {
      text: 'Title\nbold here (https://a.example)@Mai\n\n[SMILE]a < b!',
      mentions: ['ou_mai'],
      callsUs: false,
      files: [
        { fileId: 'img_1', url: 'https://there/img_1?type=image', name: 'picture.jpg', mimeType: 'image/jpeg', bytes: 0 },
        { fileId: 'file_1', url: 'https://there/file_1?type=file', name: 'video.mp4', mimeType: 'video/mp4', bytes: 0 },
      ],
    };
    expect(read('post', post)).toEqual(expected);
    expect(read('post', { zh_cn: post })).toEqual(expected);
  });

  it('knows that it calls the bot', () => {
    expect(
      read('post', {
        content: [
          [
            { tag: 'at', user_id: '@_user_1' },
            { tag: 'text', text: ' stats' },
          ],
        ],
      }),
    ).toMatchObject({ text: 'stats', callsUs: true });
  });
});

describe('everything else', () => {
  it.each<[string, object, object]>([
    ['image', { image_key: 'img_1' }, { fileId: 'img_1', mimeType: 'image/jpeg' }],
    ['file', { file_key: 'f', file_name: 'Invoice.PDF' }, { fileId: 'f', name: 'Invoice.PDF', mimeType: 'application/pdf' }],
    ['file', { file_key: 'f', file_name: 'photo.png' }, { mimeType: 'image/png' }],
    ['file', { file_key: 'f', file_name: 'constructor' }, { mimeType: 'application/octet-stream' }],
    ['audio', { file_key: 'a', duration: 2_000 }, { fileId: 'a', mimeType: 'audio/ogg' }],
    ['media', { file_key: 'v', image_key: 'i', file_name: '' }, { fileId: 'v', mimeType: 'video/mp4' }],
  ])('%s %j is a file', (type, content, file) => {
    expect(read(type, content)).toEqual({ ...none, text: '', files: [expect.objectContaining(file)] });
  });

  it.each(['sticker', 'merge_forward', 'share_chat', 'location', 'something_new'])(
    '%s has no words and nothing to fetch, and is told of',
    (type) => {
      expect(read(type, { file_key: 'x' })).toEqual({
        ...none,
        text: '',
        files: [{ fileId: '', url: '', name: type, mimeType: '', bytes: 0 }],
      });
    },
  );

  it.each(['text', 'post', 'image', 'file'])('throws over a %s that is none', (type) => {
    for (const content of ['', 'null', '[]', '{"text":7}']) expect(() => toPlainContent(type, content, context)).toThrow();
  });
});
