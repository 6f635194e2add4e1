import type { ReplyFile, ReplyPart } from './delivery.ts';
import type { ScreenedText } from './screening/index.ts';
import { approve, isBlank, screen, sign } from './screening/index.ts';
import type { Settings } from './settings.ts';
import { splitText } from './split.ts';
import { excerpt } from './text-plain.ts';
import type { Notice } from './thread.ts';

/** What a marketplace takes, as its adapter declares it. */
export interface ReplyLimits {
  readonly maxReplyChars: number;
  readonly images: 'native' | 'unsupported';
  readonly maxImageBytes: number;
  readonly imageTypes: readonly string[];
  readonly ownHosts: readonly string[];
}

export interface ComposeView {
  readonly limits: ReplyLimits;
  readonly screening: Settings['screening'];
  /** Order, product and tracking numbers that the inquiry knows; they pass. */
  readonly knownIds: readonly string[];
  /** The shop's alias for whoever answers; null: nothing is added. */
  readonly signature: string | null;
}

export type Composed =
  | { readonly kind: 'ready'; readonly parts: readonly ReplyPart[]; readonly warnings: Notice['reasons'] }
  /** `parts` are what would be sent if somebody who may releases it; null where nobody can. */
  | { readonly kind: 'held'; readonly reasons: Notice['reasons']; readonly parts: readonly ReplyPart[] | null };

/** From what an agent wrote to what a marketplace would get: the one door out. Every reply, edit and correction passes here. */
export function compose(view: ComposeView, text: string, files: readonly ReplyFile[]): Composed {
  const { limits } = view;
  const refused = files.flatMap((file) => fileRefusal(limits, file));
  if (refused.length > 0) return { kind: 'held', reasons: refused, parts: null };
  const images = files.map((file): ReplyPart => ({ kind: 'image', file }));
  if (isBlank(text)) {
    return images.length > 0
      ? { kind: 'ready', parts: images, warnings: [] }
      : { kind: 'held', reasons: [{ key: 'reason.empty', params: {} }], parts: null };
  }
  const result = screen(text, {
    ownHosts: limits.ownHosts,
    knownIds: view.knownIds,
    policy: view.screening,
    maxChars: limits.maxReplyChars * 5,
  });
  const texts = signed(splitText(approve(result), limits.maxReplyChars), view).map((part): ReplyPart => ({ kind: 'text', text: part }));
  const parts = [...texts, ...images];
  return result.verdict === 'block' ? { kind: 'held', reasons: result.reasons, parts } : { kind: 'ready', parts, warnings: result.reasons };
}

const maxSignatureChars = 40;

/** The last text ends with the alias; where that has no room, it is split once more. */
function signed(texts: readonly ScreenedText[], { signature, limits }: ComposeView): readonly ScreenedText[] {
  const last = texts.at(-1);
  if (signature === null || last === undefined) return texts;
  const line = `— ${excerpt(signature, maxSignatureChars)}`;
  const room = limits.maxReplyChars - line.length - 1;
  const parts = [...texts.slice(0, -1), ...splitText(last, room)];
  return parts.map((part, index) => (index === parts.length - 1 ? sign(part, line) : part));
}

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

function fileRefusal(limits: ReplyLimits, file: ReplyFile): Notice['reasons'] {
  if (limits.images === 'unsupported' || !limits.imageTypes.includes(file.mimeType)) {
    return [{ key: 'reason.file-type', params: { type: file.mimeType || file.name } }];
  }
  if (file.bytes > limits.maxImageBytes) {
    return [{ key: 'reason.file-too-large', params: { size: megabytes(file.bytes), limit: megabytes(limits.maxImageBytes) } }];
  }
  return [];
}
