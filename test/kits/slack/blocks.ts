import { z } from 'zod';
import { SlackRefusal } from './refusal.ts';
import type { Block } from './world.ts';

/** @see https://docs.slack.dev/reference/block-kit/blocks (read 2026-11-22) */
const plain = (max: number) => z.looseObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max) });
const anyText = (max: number) => z.looseObject({ type: z.enum(['plain_text', 'mrkdwn']), text: z.string().min(1).max(max) });
const id = z.string().max(255).optional();
const slackFile = z.union([z.object({ id: z.string() }), z.object({ url: z.string() })]);
const image = z.looseObject({
  type: z.literal('image'),
  image_url: z.string().max(3000).optional(),
  slack_file: slackFile.optional(),
  alt_text: z.string().max(2000),
});
const button = z.looseObject({
  type: z.literal('button'),
  text: plain(75),
  action_id: id,
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
const otherElement = z.looseObject({
  type: z.enum(['static_select', 'overflow', 'users_select', 'datepicker', 'checkboxes', 'radio_buttons', 'workflow_button']),
});
const element = z.union([button, image, otherElement]);

const block = z.discriminatedUnion('type', [
  z
    .looseObject({
      type: z.literal('section'),
      block_id: id,
      text: anyText(3000).optional(),
      fields: z.array(anyText(2000)).min(1).max(10).optional(),
      accessory: element.optional(),
    })
    .refine((section) => section.text ?? section.fields, 'text or fields is needed'),
  z.looseObject({ type: z.literal('header'), block_id: id, text: plain(150) }),
  z.looseObject({
    type: z.literal('context'),
    block_id: id,
    elements: z
      .array(z.union([anyText(3000), image]))
      .min(1)
      .max(10),
  }),
  z.looseObject({ type: z.literal('actions'), block_id: id, elements: z.array(element).min(1).max(25) }),
  z.looseObject({ type: z.literal('divider'), block_id: id }),
  z.looseObject({ type: z.literal('rich_text'), block_id: id, elements: z.array(z.looseObject({ type: z.string() })) }),
  z.looseObject({ type: z.literal('markdown'), block_id: id, text: z.string().min(1).max(12_000) }),
  z.looseObject({ ...image.shape, block_id: id, title: plain(2000).optional() }),
]);
/** @see https://docs.slack.dev/reference/block-kit/block-elements (read 2026-11-22) */
const textInput = z
  .looseObject({
    type: z.literal('plain_text_input'),
    action_id: id,
    max_length: z.number().int().min(1).max(3000).optional(),
    initial_value: z.string().optional(),
  })
  .refine(({ initial_value = '', max_length = 3000 }) => initial_value.length <= max_length, 'initial_value is longer than max_length');
const option = z.looseObject({ text: plain(75), value: z.string().min(1).max(75) });
const select = z
  .looseObject({
    type: z.literal('static_select'),
    action_id: id,
    options: z.array(option).min(1).max(100),
    initial_option: option.optional(),
  })
  .refine(
    ({ options, initial_option }) => !initial_option || options.some(({ value }) => value === initial_option.value),
    'initial_option is none of the options',
  );
const input = z.looseObject({
  type: z.literal('input'),
  block_id: id,
  label: plain(2000),
  optional: z.boolean().optional(),
  element: z.union([textInput, select]),
});

/** Not documented; hit at about this many characters: https://github.com/slackapi/bolt-js/issues/2509 */
const maxBlockChars = 13_200;

/** @throws SlackRefusal `invalid_blocks`, `msg_blocks_too_long` */
export function checkBlocks(blocks: readonly unknown[], where: 'message' | 'view' = 'message'): readonly Block[] {
  const max = where === 'message' ? 50 : 100;
  if (blocks.length > max) refuse(`no more than ${max} items allowed [json-pointer:/blocks]`);
  const checked = blocks.map((candidate, index) => {
    const parsed = (where === 'view' ? z.union([block, input]) : block).safeParse(candidate);
    if (!parsed.success) refuse(`${z.prettifyError(parsed.error)} [json-pointer:/blocks/${index}]`);
    return candidate as Block;
  });
  const blockIds = checked.flatMap((one) => (typeof one['block_id'] === 'string' ? [one['block_id']] : []));
  if (new Set(blockIds).size < blockIds.length) refuse('block_id must be unique');
  for (const one of checked) {
    const actionIds = elementsOf(one).flatMap((part) => (typeof part['action_id'] === 'string' ? [part['action_id']] : []));
    if (new Set(actionIds).size < actionIds.length) refuse('action_id must be unique within a block');
  }
  if (where === 'message' && charsIn(checked) > maxBlockChars) throw new SlackRefusal('msg_blocks_too_long');
  return checked;
}

export interface BlockButton {
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly value: string;
  readonly style: string | null;
}

export function buttonsIn(blocks: readonly Block[]): BlockButton[] {
  return blocks.flatMap((one, index) =>
    elementsOf(one).flatMap((part) => {
      const parsed = button.safeParse(part);
      if (!parsed.success) return [];
      const { action_id, text, value = '', style = null } = parsed.data;
      const blockId = typeof one['block_id'] === 'string' ? one['block_id'] : `b${index}`;
      return [{ blockId, actionId: action_id ?? `a${index}`, label: text.text, value, style }];
    }),
  );
}

/** Ids of uploaded files that image blocks show. */
export function filesIn(blocks: readonly Block[]): string[] {
  return blocks.flatMap((one) => {
    const file = one.type === 'image' ? z.object({ id: z.string() }).safeParse(one['slack_file']) : null;
    return file?.success ? [file.data.id] : [];
  });
}

function elementsOf(one: Block): Block[] {
  const own = Array.isArray(one['elements']) && one.type !== 'rich_text' ? (one['elements'] as Block[]) : [];
  return one['accessory'] ? [...own, one['accessory'] as Block] : own;
}

function charsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + charsIn(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, one]) => sum + (key === 'text' && typeof one === 'string' ? one.length : charsIn(one)),
    0,
  );
}

function refuse(message: string): never {
  throw new SlackRefusal('invalid_blocks', { response_metadata: { messages: [`[ERROR] ${message}`] } });
}
