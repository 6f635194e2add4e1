import { z } from 'zod';
import { type button, card as cardSchema, type Element, element, type input, type select } from './card-elements.ts';
import { refusals } from './refusal.ts';

/** A card that the platform shows. */
export interface Card {
  readonly shared: boolean;
  readonly header: z.infer<typeof cardSchema>['header'];
  readonly elements: readonly Node[];
}

/** An element, and what it holds. */
export interface Node {
  readonly element: Element;
  readonly children: readonly Node[];
}

/** Of a whole card, and of containers within each other (https://open.feishu.cn/document/feishu-cards/card-json-v2-components/containers/form-container.md, 2026-11-28). */
const maxElements = 200;
const maxDepth = 5;
/** https://github.com/larksuite/openclaw-lark/issues/53 (2026-11-28): `card table number over limit` */
const maxTables = 5;

/** @throws FeishuRefusal 230099, saying which element is wrong */
export function readCard(value: unknown): Card {
  const parsed = cardSchema.safeParse(value);
  if (!parsed.success) refuse('card', z.prettifyError(parsed.error));
  const { body, header, config } = parsed.data;
  const elements = body.elements.map((one, index) => readNode(one, `elements/${index}`, 0, null));
  const all = elements.flatMap(flatten);
  if (all.length > maxElements) refuse('elements', `no more than ${maxElements} elements, there are ${all.length}`);
  if (all.filter(({ element: { tag } }) => tag === 'table').length > maxTables) refuse('table', 'card table number over limit');
  unique(
    'element_id',
    all.map(({ element: one }) => one.element_id),
  );
  unique(
    'name',
    all.map(({ element: one }) => ('name' in one ? one.name : undefined)),
  );
  for (const node of elements) if (node.element.tag === 'form') checkForm(node);
  return { shared: config?.update_multi === true, header, elements };
}

/** All elements in it, itself first. */
export const flatten = (node: Node): Node[] => [node, ...node.children.flatMap(flatten)];

function readNode(value: unknown, where: string, depth: number, form: string | null): Node {
  const tag = z.object({ tag: z.string() }).safeParse(value).data?.tag;
  const parsed = element.safeParse(value);
  if (!parsed.success) refuse(where, `${tag ?? 'no tag'}: ${z.prettifyError(parsed.error)}`);
  const one = parsed.data;
  if (depth > 0 && (one.tag === 'form' || one.tag === 'table')) refuse(where, `${one.tag} stands in the card's body alone`);
  const inForm = one.tag === 'form' ? one.name : form;
  if (isControl(one)) checkControl(one, where, inForm);
  const inner =
    one.tag === 'column_set' ? one.columns.flatMap((column) => column.elements ?? []) : 'elements' in one ? (one.elements ?? []) : [];
  if (inner.length > 0 && depth >= maxDepth) refuse(where, `no more than ${maxDepth} containers within each other`);
  return { element: one, children: inner.map((child, index) => readNode(child, `${where}/${index}`, depth + 1, inForm)) };
}

export type Control = z.infer<typeof button> | z.infer<typeof input> | z.infer<typeof select>;
export const isControl = (one: Element): one is Control => one.tag === 'button' || one.tag === 'input' || one.tag === 'select_static';

function checkControl(one: Control, where: string, form: string | null): void {
  if (form !== null && one.name === undefined) refuse(where, `${one.tag} needs a name in a form`);
  if (one.tag !== 'button') {
    if (form === null && one.required !== undefined) refuse(where, 'required is for forms alone');
    return;
  }
  if (form === null && one.form_action_type !== undefined) refuse(where, 'form_action_type is for forms alone');
  if (form !== null && one.form_action_type === undefined) refuse(where, 'a button in a form needs a form_action_type');
  if (form === null && (one.behaviors ?? []).length === 0) refuse(where, 'a button outside of a form needs a behavior');
}

function checkForm(form: Node): void {
  const submits = flatten(form).some(({ element: one }) => one.tag === 'button' && one.form_action_type === 'submit');
  if (!submits) refuse('form', 'a form needs a button that submits it');
}

function unique(what: string, values: readonly (string | undefined)[]): void {
  const given = values.filter((value) => value !== undefined);
  if (new Set(given).size < given.length) refuse(what, `${what} must be unique in a card`);
}

function refuse(where: string, what: string): never {
  throw refusals.card(`${where}: ${what}`);
}
