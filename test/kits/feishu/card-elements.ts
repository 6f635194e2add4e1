import { z } from 'zod';

/**
 * Elements of a card in JSON 2.0, strictly: what is not named here is refused, so that nothing is sent which the platform would not show.
 * @see https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-components/component-json-v2-overview.md and the pages it leads to;
 * limits also from larksuite/cli skills/lark-im/references/card/components (all read 2026-11-28)
 */
const pixels = (min: number, max: number) =>
  z
    .string()
    .refine(
      (value) => /^-?\d{1,4}px$/.test(value) && Number.parseInt(value, 10) >= min && Number.parseInt(value, 10) <= max,
      'no such size',
    );
const sides = (min: number) =>
  z.string().refine((value) => {
    const parts = value.split(' ');
    return parts.length <= 4 && parts.every((part) => pixels(min, 99).safeParse(part).success);
  }, 'no such margin');
const margin = sides(-99).optional();
const padding = sides(0).optional();
const spacing = z.union([z.enum(['small', 'medium', 'large', 'extra_large']), pixels(0, 99)]).optional();
const horizontal = z.enum(['left', 'center', 'right']).optional();
const vertical = z.enum(['top', 'center', 'bottom']).optional();
const direction = z.enum(['vertical', 'horizontal']).optional();
const controlWidth = z.union([z.enum(['default', 'fill']), pixels(100, 9999)]).optional();
/** Unique in a card. */
const elementId = z
  .string()
  .regex(/^[a-zA-Z]\w{0,19}$/)
  .optional();
const color = z.string().max(40).optional();

export const plainText = z.strictObject({ tag: z.literal('plain_text'), content: z.string() });
export const text = z.strictObject({
  tag: z.enum(['plain_text', 'lark_md']),
  content: z.string(),
  text_size: z.string().optional(),
  text_color: color,
  text_align: horizontal,
  lines: z.int().min(1).optional(),
});
const icon = z.union([
  z.strictObject({ tag: z.literal('standard_icon'), token: z.string(), color, size: z.string().optional() }),
  z.strictObject({ tag: z.literal('custom_icon'), img_key: z.string() }),
]);
const confirm = z.strictObject({ title: plainText, text: plainText.optional() }).optional();
const behaviors = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('callback'), value: z.union([z.string(), z.record(z.string(), z.unknown())]) }),
      z.strictObject({
        type: z.literal('open_url'),
        default_url: z.string().min(1),
        pc_url: z.string().optional(),
        ios_url: z.string().optional(),
        android_url: z.string().optional(),
      }),
    ]),
  )
  .optional();
const control = {
  element_id: elementId,
  name: z.string().min(1).optional(),
  required: z.boolean().optional(),
  placeholder: plainText.optional(),
  width: controlWidth,
  disabled: z.boolean().optional(),
  disabled_tips: plainText.optional(),
  hover_tips: plainText.optional(),
  behaviors,
  confirm,
  margin,
};

export const button = z.strictObject({
  ...control,
  tag: z.literal('button'),
  text: z.strictObject({ tag: z.literal('plain_text'), content: z.string().min(1).max(100) }),
  type: z
    .enum(['default', 'primary', 'danger', 'text', 'primary_text', 'danger_text', 'primary_filled', 'danger_filled', 'laser'])
    .optional(),
  size: z.enum(['tiny', 'small', 'medium', 'large']).optional(),
  icon: icon.optional(),
  form_action_type: z.enum(['submit', 'reset']).optional(),
});
export const input = z
  .strictObject({
    ...control,
    tag: z.literal('input'),
    label: plainText.optional(),
    label_position: z.enum(['top', 'left']).optional(),
    default_value: z.string().optional(),
    input_type: z.enum(['text', 'multiline_text', 'password']).optional(),
    rows: z.int().min(1).optional(),
    auto_resize: z.boolean().optional(),
    max_rows: z.int().min(1).optional(),
    max_length: z.int().min(1).max(1000).optional(),
    show_icon: z.boolean().optional(),
  })
  // No page says what becomes of a default that is too long: UNCONFIRMED, and refused here.
  .refine(({ default_value = '', max_length = 1000 }) => default_value.length <= max_length, 'default_value is longer than max_length');
const option = z.strictObject({ text: plainText, value: z.string().min(1), icon: icon.optional() });
export const select = z
  .strictObject({
    ...control,
    tag: z.literal('select_static'),
    type: z.enum(['default', 'text']).optional(),
    options: z.array(option).min(1),
    initial_option: z.string().optional(),
    initial_index: z.int().min(0).optional(),
  })
  .refine(({ options }) => new Set(options.map(({ value }) => value)).size === options.length, 'values of options must be unique')
  .refine(
    ({ options, initial_option: initial }) => initial === undefined || options.some(({ value }) => value === initial),
    'initial_option is none of the options',
  )
  .refine(({ options, initial_index: index = 0 }) => index <= options.length, 'initial_index is none of the options');

const leaf = [
  z.strictObject({
    tag: z.literal('markdown'),
    element_id: elementId,
    content: z.string(),
    text_size: z.string().optional(),
    text_align: horizontal,
    icon: icon.optional(),
    margin,
  }),
  z.strictObject({
    tag: z.literal('div'),
    element_id: elementId,
    text: text.optional(),
    fields: z.array(z.strictObject({ is_short: z.boolean().optional(), text })).optional(),
    icon: icon.optional(),
    width: z.union([z.enum(['fill', 'auto']), pixels(16, 999)]).optional(),
    margin,
  }),
  z.strictObject({ tag: z.literal('hr'), element_id: elementId, margin }),
  z.strictObject({
    tag: z.literal('person'),
    element_id: elementId,
    user_id: z.string().min(1),
    size: z.enum(['extra_small', 'small', 'medium', 'large']).optional(),
    show_avatar: z.boolean().optional(),
    show_name: z.boolean().optional(),
    style: z.enum(['normal', 'capsule']).optional(),
    margin,
  }),
  z.strictObject({
    tag: z.literal('img'),
    element_id: elementId,
    img_key: z.string(),
    alt: plainText,
    title: text.optional(),
    scale_type: z.enum(['crop_center', 'crop_top', 'fit_horizontal']).optional(),
    size: z.string().optional(),
    corner_radius: z.string().optional(),
    transparent: z.boolean().optional(),
    preview: z.boolean().optional(),
    margin,
  }),
  z.strictObject({
    tag: z.literal('table'),
    element_id: elementId,
    columns: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          display_name: z.string().optional(),
          data_type: z.enum(['text', 'lark_md', 'number', 'markdown']).optional(),
          width: z.string().optional(),
          horizontal_align: horizontal,
          vertical_align: vertical,
        }),
      )
      .min(1)
      .max(50),
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number()]))).min(1),
    page_size: z.int().min(1).max(10).optional(),
    row_height: z.string().optional(),
    row_max_height: z.string().optional(),
    freeze_first_column: z.boolean().optional(),
    header_style: z.record(z.string(), z.unknown()).optional(),
    margin,
  }),
  button,
  input,
  select,
] as const;

/** What holds others: their elements are read one by one, so that a message can say where something is wrong. */
const inside = { elements: z.array(z.unknown()).optional() };
const layout = {
  element_id: elementId,
  direction,
  horizontal_spacing: spacing,
  vertical_spacing: spacing,
  horizontal_align: horizontal,
  vertical_align: vertical,
  padding,
  margin,
};
const containers = [
  z.strictObject({
    tag: z.literal('column_set'),
    element_id: elementId,
    flex_mode: z.enum(['none', 'stretch', 'flow', 'bisect', 'trisect']).optional(),
    horizontal_spacing: spacing,
    horizontal_align: horizontal,
    background_style: color,
    margin,
    columns: z
      .array(
        z
          .strictObject({
            ...layout,
            ...inside,
            tag: z.literal('column'),
            width: z.union([z.enum(['auto', 'weighted']), pixels(16, 600)]).optional(),
            weight: z.int().min(1).max(5).optional(),
            background_style: color,
          })
          .refine(({ width, weight }) => weight === undefined || width === 'weighted', 'weight needs the width `weighted`'),
      )
      .min(1),
  }),
  z.strictObject({ ...layout, ...inside, tag: z.literal('form'), name: z.string().min(1), elements: z.array(z.unknown()).min(1) }),
  z.strictObject({
    ...layout,
    ...inside,
    tag: z.literal('collapsible_panel'),
    expanded: z.boolean().optional(),
    background_color: color,
    header: z.strictObject({
      title: text,
      background_color: color,
      width: z.enum(['fill', 'auto', 'auto_when_fold']).optional(),
      vertical_align: vertical,
      padding,
      icon: icon.optional(),
      icon_position: z.enum(['left', 'right', 'follow_text']).optional(),
      icon_expanded_angle: z.union([z.literal(-180), z.literal(-90), z.literal(90), z.literal(180)]).optional(),
    }),
    border: z.strictObject({ color, corner_radius: z.string().optional() }).optional(),
  }),
] as const;

export const element = z.union([...leaf, ...containers]);
export type Element = z.infer<typeof element>;

export const card = z.strictObject({
  schema: z.literal('2.0'),
  config: z
    .strictObject({
      update_multi: z.literal(true).optional(),
      enable_forward: z.boolean().optional(),
      enable_forward_interaction: z.boolean().optional(),
      width_mode: z.enum(['compact', 'default', 'fill']).optional(),
      summary: z.strictObject({ content: z.string(), i18n_content: z.record(z.string(), z.string()).optional() }).optional(),
      locales: z.array(z.string()).optional(),
      style: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  header: z
    .strictObject({
      title: text,
      subtitle: text.optional(),
      template: z
        .enum([
          'blue',
          'wathet',
          'turquoise',
          'green',
          'yellow',
          'orange',
          'red',
          'carmine',
          'violet',
          'purple',
          'indigo',
          'grey',
          'default',
        ])
        .optional(),
      text_tag_list: z
        .array(z.strictObject({ tag: z.literal('text_tag'), element_id: elementId, text: plainText, color }))
        .max(3)
        .optional(),
      icon: icon.optional(),
      padding,
    })
    .optional(),
  body: z.strictObject({
    direction,
    padding,
    horizontal_spacing: spacing,
    vertical_spacing: spacing,
    horizontal_align: horizontal,
    vertical_align: vertical,
    elements: z.array(z.unknown()),
  }),
});
