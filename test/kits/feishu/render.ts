import type { z } from 'zod';
import { type Card, isControl, type Node } from './card.ts';
import type { input, select, text as textSchema } from './card-elements.ts';
import { readContent, type Segment } from './content.ts';
import { joined, literal, nameOf, nothing, type Rendered, renderMarkdown, renderText } from './markdown.ts';
import type { FeishuMessage, FeishuWorld } from './world.ts';

/** A button as a person sees it, and what its press carries. */
export interface SeenButton {
  readonly label: string;
  readonly name: string | null;
  /** Of its callback; null: it has none, it submits a form or leads elsewhere. */
  readonly value: unknown;
  /** It submits this form. */
  readonly submits: string | null;
}

export interface SeenField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly maxLength: number;
  /** To choose from; null: words are typed. */
  readonly options: readonly { readonly label: string; readonly value: string }[] | null;
  /** Typed or, of a list, the value. */
  readonly filled: string;
}

/** A form container as a person sees it. */
export interface SeenForm {
  readonly name: string;
  readonly title: string;
  readonly submit: SeenButton;
  readonly fields: readonly SeenField[];
}

export interface SeenMessage extends Rendered {
  readonly buttons: readonly SeenButton[];
  readonly forms: readonly SeenForm[];
}

/** What a person sees of a message. Bots' words may have markup; people's have placeholders for whom they call. */
export function render(world: FeishuWorld, message: FeishuMessage): SeenMessage {
  const content = readContent(message.type, message.content);
  const plain = (rendered: Rendered): SeenMessage => ({ ...rendered, buttons: [], forms: [] });
  const fromBot = world.users.get(message.sender)?.kind === 'bot';
  switch (content.type) {
    case 'text':
      return plain(fromBot ? renderText(world, content.text) : withMentions(message, content.text));
    case 'post': {
      const lines = content.lines.map((line) =>
        joined(
          line.map((one) => renderSegment(world, message, one)),
          '',
        ),
      );
      return plain(joined([literal(content.title), ...lines], '\n'));
    }
    case 'image':
      return plain({ ...nothing, imageKeys: [content.key] });
    case 'file':
      return plain(literal(world.files.get(content.key)?.name ?? content.key));
    case 'interactive':
      return renderCard(world, content.card);
  }
}

function withMentions({ mentions }: FeishuMessage, words: string): Rendered {
  const text = mentions.reduce((rest, { key, name }) => rest.replace(key, `@${name}`), words);
  return { ...nothing, text, pings: mentions.map(({ openId }) => openId) };
}

function renderSegment(world: FeishuWorld, { mentions }: FeishuMessage, segment: Segment): Rendered {
  switch (segment.tag) {
    case 'text':
    case 'a':
      return { ...literal(segment.text), styled: segment.tag === 'a' || (segment.style ?? []).length > 0 ? [segment.text] : [] };
    case 'at': {
      const id = mentions.find(({ key }) => key === segment.user_id)?.openId ?? segment.user_id;
      return { ...literal(`@${nameOf(world, id)}`), pings: [id] };
    }
    case 'img':
      return { ...nothing, imageKeys: [segment.image_key] };
    case 'emotion':
      return literal(`[${segment.emoji_type}]`);
    case 'hr':
      return nothing;
    case 'code_block':
      return { ...literal(segment.text), styled: [segment.text] };
    case 'md':
      return renderMarkdown(world, segment.text);
  }
}

function renderCard(world: FeishuWorld, { header, elements }: Card): SeenMessage {
  const top = header
    ? joined(
        [header.title, ...(header.subtitle ? [header.subtitle] : []), ...(header.text_tag_list ?? []).map(({ text }) => text)].map((one) =>
          textOf(world, one),
        ),
        '\n',
      )
    : nothing;
  const rendered = joined([top, ...elements.map((node) => renderNode(world, node))], '\n');
  const title = header?.title.content ?? rendered.text.split('\n')[0] ?? '';
  const forms = elements.flatMap((node) => (node.element.tag === 'form' ? [toForm(world, node, node.element.name, title)] : []));
  return { ...rendered, buttons: elements.flatMap((node) => buttonsIn(node, null)), forms };
}

const textOf = (world: FeishuWorld, { tag, content }: Pick<z.infer<typeof textSchema>, 'tag' | 'content'>): Rendered =>
  tag === 'lark_md' ? renderMarkdown(world, content) : literal(content);

/** Buttons, and what can be filled in, are no words. */
function renderNode(world: FeishuWorld, { element, children }: Node): Rendered {
  const inner = children.map((child) => renderNode(world, child));
  switch (element.tag) {
    case 'markdown':
      return renderMarkdown(world, element.content);
    case 'div':
      return joined(
        [...(element.text ? [element.text] : []), ...(element.fields ?? []).map(({ text }) => text)].map((one) => textOf(world, one)),
        '\n',
      );
    case 'img':
      return { ...nothing, imageKeys: [element.img_key] };
    // Shown, and not called.
    case 'person':
      return element.show_name === false ? nothing : literal(nameOf(world, element.user_id));
    case 'table':
      return literal(tableText(element));
    case 'collapsible_panel':
      return joined([textOf(world, element.header.title), ...inner], '\n');
    case 'input':
      return element.label ? literal(element.label.content) : nothing;
    case 'column_set':
    case 'form':
      return joined(inner, '\n');
    case 'hr':
    case 'button':
    case 'select_static':
      return nothing;
  }
}

/** As it stands on the screen: columns one below the other. */
function tableText({
  columns,
  rows,
}: {
  readonly columns: readonly { name: string; display_name?: string | undefined }[];
  readonly rows: readonly Record<string, string | number>[];
}): string {
  const cells = [
    columns.map(({ name, display_name }) => display_name ?? name),
    ...rows.map((row) => columns.map(({ name }) => String(row[name] ?? ''))),
  ];
  const widths = columns.map((_column, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function buttonsIn({ element, children }: Node, form: string | null): SeenButton[] {
  const inner = children.flatMap((child) => buttonsIn(child, element.tag === 'form' ? element.name : form));
  if (element.tag !== 'button') return inner;
  const callback = element.behaviors?.find((behavior) => behavior.type === 'callback');
  const submits = element.form_action_type === 'submit' ? form : null;
  return [{ label: element.text.content, name: element.name ?? null, value: callback?.value ?? null, submits }, ...inner];
}

function toForm(world: FeishuWorld, node: Node, name: string, title: string): SeenForm {
  const submit = buttonsIn(node, name).find(({ submits }) => submits !== null);
  if (!submit) throw new Error('a form without a button that submits it was let in');
  const fields: SeenField[] = [];
  let above = '';
  // A list has no label of its own: the words above it are.
  (function walk({ element, children }: Node): void {
    if (element.tag === 'markdown' || element.tag === 'div') above = renderNode(world, { element, children }).text;
    else if (isControl(element) && element.tag !== 'button') fields.push(toField(element, above));
    for (const child of children) walk(child);
  })(node);
  return { name, title, submit, fields };
}

function toField(element: z.infer<typeof input> | z.infer<typeof select>, above: string): SeenField {
  const common = { name: element.name ?? '', required: element.required ?? false };
  if (element.tag === 'input') {
    const { label, default_value = '', max_length = 1000 } = element;
    return { ...common, label: label?.content ?? above, maxLength: max_length, options: null, filled: default_value };
  }
  const options = element.options.map(({ text, value }) => ({ label: text.content, value }));
  const byIndex = element.initial_index ? options[element.initial_index - 1]?.value : undefined;
  return { ...common, label: above, maxLength: 0, options, filled: element.initial_option ?? byIndex ?? '' };
}
