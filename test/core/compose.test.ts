import { describe, expect, it } from 'vitest';
import type { ComposeView } from '../../src/core/compose.ts';
import { compose } from '../../src/core/compose.ts';
import type { ReplyFile } from '../../src/core/delivery.ts';
import { threadView } from './fixtures.ts';

const base = threadView().compose;
const limited = (maxReplyChars: number): ComposeView => ({ ...base, limits: { ...base.limits, maxReplyChars } });
const picture: ReplyFile = {
  bot: 'slack/default',
  fileId: 'F1',
  url: 'https://files.example/1',
  name: 'a.png',
  mimeType: 'image/png',
  bytes: 900,
};

function textsOf(view: ComposeView, text: string, files: readonly ReplyFile[] = []): readonly string[] {
  const { parts } = compose(view, text, files);
  return (parts ?? []).map((part) => (part.kind === 'text' ? part.text : `[${part.file.name}]`));
}

describe('compose', () => {
  it.each<[string, string, readonly ReplyFile[], string]>([
    ['an empty text', ' \u200b ', [], 'reason.empty'],
    ['a file that the marketplace does not take', 'see', [{ ...picture, mimeType: 'application/pdf' }], 'reason.file-type'],
    ['a picture that is too large', 'see', [{ ...picture, bytes: 2_000 }], 'reason.file-too-large'],
    ['contact outside the marketplace', 'write to me@example.com', [], 'screening.mail'],
    ['a text far over the limit', 'word '.repeat(200), [], 'screening.too-long'],
  ])('holds %s', (_, text, files, key) => {
    expect(compose(base, text, files)).toMatchObject({ kind: 'held', reasons: [{ key }] });
  });

  it('lets bare digits go with a remark', () => {
    expect(compose(base, 'It is 123456789', [])).toMatchObject({ kind: 'ready', warnings: [{ key: 'screening.digits' }] });
  });

  it('sends a picture after the words, or alone', () => {
    expect(textsOf(base, 'see', [picture])).toEqual(['see', '[a.png]']);
    expect(textsOf(base, '', [picture])).toEqual(['[a.png]']);
  });
});

describe('the signature', () => {
  const signedBy = (signature: string, maxReplyChars = 100): ComposeView => ({ ...limited(maxReplyChars), signature });

  it('is a last line of its own', () => {
    expect(textsOf(signedBy('Mia'), 'Hello \n')).toEqual(['Hello\n— Mia']);
    expect(textsOf(signedBy('Mia'), 'see', [picture])).toEqual(['see\n— Mia', '[a.png]']);
  });

  it('is not under a picture alone, and makes no empty reply full', () => {
    expect(textsOf(signedBy('Mia'), '', [picture])).toEqual(['[a.png]']);
    expect(compose(signedBy('Mia'), ' ', [])).toMatchObject({ kind: 'held', reasons: [{ key: 'reason.empty' }] });
  });

  it('stands under the last part alone and counts there alone', () => {
    const text = 'aaaaaaaaa bbbbbbbbb ccccccccc';
    expect(textsOf(limited(20), text)).toEqual(['aaaaaaaaa bbbbbbbbb', 'ccccccccc']);
    expect(textsOf(signedBy('Mia', 20), text)).toEqual(['aaaaaaaaa bbbbbbbbb', 'ccccccccc\n— Mia']);
  });

  it('has the last part split once more where it does not fit', () => {
    const parts = textsOf(signedBy('Mia', 20), 'aaaaaaaaa bbbbbbbbb');
    expect(parts).toEqual(['aaaaaaaaa', 'bbbbbbbbb\n— Mia']);
    expect(parts.every(({ length }) => length <= 20)).toBe(true);
  });

  it('is one short line whatever the settings say', () => {
    expect(textsOf(signedBy(`Mia\nof the ${'very '.repeat(20)}big shop`), 'Hello')[0]).toMatch(/^Hello\n— Mia of the very [^\n]{1,24}…$/);
  });

  it('is no way round the screening', () => {
    expect(compose(signedBy('Mia'), 'call 081-234-5678', [])).toMatchObject({ kind: 'held', reasons: [{ key: 'screening.phone' }] });
  });
});
