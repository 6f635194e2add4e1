import { compose, type ReplyLimits } from '../compose.ts';
import { suggestName } from '../nearest.ts';
import { isBlank } from '../screening/index.ts';
import type { ScreeningSetting } from '../settings.ts';
import type { Notice } from '../thread.ts';
import type { Template } from './template.ts';
import { variableNames, variablesIn } from './variables.ts';

type Sentence = Notice['reasons'][number];

/** A quick reply is no letter. Also keeps a list of them small. */
export const maxTemplateChars = 10_000;

/** What is wrong with the text by itself; with any of it the template is not saved. */
export function textProblems(text: string): readonly Sentence[] {
  if (isBlank(text)) return [{ key: 'template.empty', params: {} }];
  if (text.length > maxTemplateChars) return [{ key: 'template.too-long', params: { max: maxTemplateChars } }];
  const { unknown, broken } = variablesIn(text);
  return [
    ...unknown.map((name): Sentence => {
      const near = suggestName(name, variableNames);
      const params = { name: inBraces(name), near: inBraces(near ?? ''), names: variableNames.map(inBraces).join(', ') };
      return { key: near === null ? 'template.variable-unknown' : 'template.variable-near', params };
    }),
    ...(broken ? [{ key: 'template.braces', params: {} } as const] : []),
  ];
}

const inBraces = (name: string): string => `{{${name}}}`;

export interface TemplateCheck {
  /** With any of these it is not saved: it could never be sent. */
  readonly problems: readonly Sentence[];
  /** Worth knowing; saved all the same. */
  readonly remarks: readonly Sentence[];
}

/**
 * How a template would fare at the marketplaces that it is for, before there is an inquiry: whether it fits, in how many messages, and what the screening
 * would hold. Each rendering passes `compose` again, with its values.
 * @param limits of the marketplaces that are switched on
 */
export function checkTemplate(template: Template, limits: ReadonlyMap<string, ReplyLimits>, screening: ScreeningSetting): TemplateCheck {
  const problems = textProblems(template.text);
  if (problems.length > 0) return { problems, remarks: [] };
  const places = [...limits].filter(([marketplace]) => template.marketplace === null || marketplace === template.marketplace);
  const found = places.map(([marketplace, limit]) => {
    const composed = compose({ limits: limit, screening, knownIds: [], signature: null }, template.text, []);
    const held = composed.kind === 'held' ? composed.reasons : [];
    const parts = composed.parts?.length ?? 0;
    return {
      tooLong: held.filter(({ key }) => key === 'screening.too-long'),
      remarks: [
        ...(parts > 1 ? [{ key: 'template.parts', params: { marketplace, count: parts, max: limit.maxReplyChars } } as const] : []),
        ...(held.length > 0 ? [{ key: 'template.held', params: { marketplace } } as const, ...held] : []),
      ],
    };
  });
  const tooLong = found.flatMap((one) => one.tooLong);
  // A text for any marketplace may be too long for one of them and good for another.
  return found.length > 0 && found.every((one) => one.tooLong.length > 0)
    ? { problems: tooLong.slice(0, 1), remarks: [] }
    : { problems: [], remarks: found.flatMap(({ remarks }) => remarks) };
}
