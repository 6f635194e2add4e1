import { z } from 'zod';
import { checkBlocks } from './blocks.ts';
import type { ApiContext, ApiMethod, Args } from './context.ts';
import { SlackRefusal } from './refusal.ts';
import type { Json } from './wire.ts';

const words = (max: number) => z.looseObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max) });

/** @see https://docs.slack.dev/reference/views/modal-views (read 2026-11-22) */
const modal = z
  .looseObject({
    type: z.literal('modal'),
    title: words(24),
    submit: words(24).optional(),
    close: words(24).optional(),
    callback_id: z.string().max(255).optional(),
    private_metadata: z.string().max(3000).optional(),
    blocks: z.array(z.looseObject({ type: z.string() })),
  })
  .refine(({ submit, blocks }) => submit ?? !blocks.some(({ type }) => type === 'input'), 'input blocks need a submit button');

/** Forms. @see https://docs.slack.dev/reference/methods/views.open (read 2026-11-22) */
export const viewMethods: Readonly<Record<string, ApiMethod>> = {
  'views.open': {
    scopes: [],
    run(args, context) {
      const trigger = context.triggers.get(args.need('trigger_id'));
      if (!trigger) throw new SlackRefusal('invalid_trigger_id');
      if (trigger.used) throw new SlackRefusal('exchanged_trigger_id');
      if (trigger.until < context.world.now()) throw new SlackRefusal('expired_trigger_id');
      const view = checkedView(args);
      trigger.used = true;
      return storeView(view, { id: context.world.nextId('V'), user: trigger.user }, context);
    },
  },
  'views.update': {
    scopes: [],
    run(args, context) {
      const stored = context.views.get(args.need('view_id'));
      if (!stored) throw new SlackRefusal('not_found');
      const hash = args.get('hash');
      if (hash !== null && hash !== stored.hash) throw new SlackRefusal('hash_conflict');
      return storeView(checkedView(args), stored, context);
    },
  },
};

function storeView(view: Json, { id, user }: { readonly id: string; readonly user: string }, context: ApiContext): Json {
  const hash = context.world.nextId('h');
  context.views.set(id, { id, user, hash, view });
  return { view: { ...view, id, hash, team_id: context.world.team.id, app_id: context.world.app.id, state: { values: {} } } };
}

function checkedView(args: Args): Json {
  const view = modal.safeParse(args.json('view'));
  if (!view.success)
    throw new SlackRefusal('invalid_arguments', { response_metadata: { messages: [`[ERROR] ${z.prettifyError(view.error)}`] } });
  checkBlocks(view.data.blocks, 'view');
  return view.data;
}
