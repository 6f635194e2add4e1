import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

const sentMark = 'white_check_mark';
const question = 'Somchai, was that all?';

describe('a buyer who is silent after our answer', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({
      ...{ shops: 1, channels: 1, timeScale: 20, random: Math.random },
      yaml: `
desk: { followUp: { template: still, after: 12s } }
templates: [{ name: still, text: '{{buyer.name}}, was that all?' }]`,
    });
    await world.service.start();
    scene = createScene(world);
  });
  afterAll(() => world.close());

  async function answered(words: string): Promise<Talk> {
    const talk = await scene.opens(words);
    await scene.marked(talk, scene.agentWrites(talk, 'Yes, we do.'), sentMark);
    return talk;
  }
  async function historyOf({ conversationId }: Talk) {
    const { items } = await world.api<{ items: readonly { readonly _id: string; readonly conversationId: string }[] }>(
      'inquiries?limit=50',
    );
    const id = items.find((one) => one.conversationId === conversationId)?._id;
    return world.api<{ inquiry: object; history: readonly { readonly kind: string }[] }>(`inquiries/${id}`);
  }

  it('is asked once whether that was all, though nothing ran when it was time; who writes again is not', async () => {
    const silent = await answered('Do you ship to Laos?');
    const back = await answered('Do you sell bulbs?');
    scene.buyerWrites(back, 'And lamps?');
    await scene.shown(back, 'And lamps?');
    await world.service.kill();
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await world.service.start();
    await scene.reaches(silent, question);
    expect((await scene.shown(silent, question)).text).toContain(text('en', 'follow-up.sent'));
    const { inquiry, history } = await historyOf(silent);
    expect(inquiry).toMatchObject({ status: 'answered', autoRepliedAt: null });
    expect(history.filter(({ kind }) => kind === 'auto-replied')).toHaveLength(1);

    const later = await answered('Do you have a shop?');
    await scene.reaches(later, question);
    expect(scene.received(silent)).toEqual(['Yes, we do.', question]);
    expect(scene.received(back)).toEqual(['Yes, we do.']);
  });
});
