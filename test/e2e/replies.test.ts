import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abilities, itWhere, platforms } from './desk.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

describe.each(platforms)('what agents write in a thread of %s', (chat) => {
  const can = abilities[chat];
  const itWithEdits = itWhere(can.edits, 'nobody is told of an edit');
  let world: World;
  let scene: Scene;
  let agent: string;
  let supervisor: string;
  let marks: World['desk']['marks'];
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random, roles: ['agent', 'supervisor'], chat });
    scene = createScene(world);
    [agent = '', supervisor = ''] = world.agents;
    marks = world.desk.marks;
    await world.service.start();
  });
  afterAll(() => world.close());

  /** Whatever was written in the thread before has been decided when this has arrived. */
  async function pointOfOrder(talk: Talk): Promise<void> {
    const words = `That is all, ${talk.rootTs}.`;
    const ts = scene.agentWrites(talk, words);
    await scene.reaches(talk, words);
    await scene.marked(talk, ts, marks.sent);
  }

  const deliveries = async (state: string) =>
    (await world.api<{ items: { _id: string; lane: string; messageId: string }[] }>(`outbox?state=${state}&limit=100`)).items;

  it('keeps notes, mentions and commands inside, each with its mark or a word', async () => {
    const talk = await scene.opens('Do you have it in red?');
    const notes = ['// only for us', '备注：缺货', 'Note: ask the warehouse', `<@${supervisor}> can you look?`];
    const marked = notes.map((words) => scene.agentWrites(talk, words));
    scene.agentWrites(talk, '!frobnicate now');
    for (const ts of marked) await scene.marked(talk, ts, marks.noted);
    const words = '"frobnicate" is not a command';
    expect((await scene.toldTo(agent, words)).threadTs).toBe(talk.rootTs);
    await pointOfOrder(talk);
    expect(scene.received(talk)).toHaveLength(1);
  });

  it('asks in doubt, and does what is pressed', async () => {
    const talk = await scene.opens('Is the blue one back?');
    const doubtful = scene.agentWrites(talk, 'notes : ask the warehouse');
    const question = await scene.shown(talk, 'a note for the team?');
    expect(question.buttons.map(({ label }) => label)).toEqual(['Send', 'Keep as note']);
    expect(question.pings).toContain(agent);
    await scene.press(talk, question, 'Keep as note');
    await scene.marked(talk, doubtful, marks.noted);
    // Another person's words right after a note.
    const told = scene.agentWrites(talk, 'It is back on Monday.', supervisor);
    const second = await scene.eventually(() => scene.thread(talk).posts.filter(({ text }) => text.includes('a note for the team?'))[1]);
    expect(scene.received(talk)).toEqual([]);
    await scene.press(talk, second, 'Send');
    await scene.marked(talk, told, marks.sent);
    expect(scene.received(talk)).toEqual(['It is back on Monday.']);
  });

  it('holds what screening blocks until a supervisor releases it, and warns of bare digits', async () => {
    const talk = await scene.opens('Where can I pay?');
    const blocked = scene.agentWrites(talk, 'Write to me on WhatsApp: +66 81 234 5678');
    const held = await scene.shown(talk, 'This reply is held');
    expect(held.pings).toContain(agent);
    expect(held.buttons.map(({ label }) => label)).toEqual(['Release', 'Discard']);
    await scene.press(talk, held, 'Release', agent);
    await scene.shown(talk, 'You are not allowed');
    expect(scene.received(talk)).toEqual([]);
    await scene.press(talk, held, 'Release', supervisor);
    await scene.marked(talk, blocked, marks.sent);
    expect(scene.received(talk)).toEqual(['Write to me on WhatsApp: +66 81 234 5678']);

    scene.agentWrites(talk, 'Or mail me at lamp@example.com');
    const again = await scene.eventually(() => scene.thread(talk).posts.filter(({ text }) => text.includes('This reply is held'))[1]);
    await scene.press(talk, again, 'Discard');
    await scene.shown(talk, 'Discarded; the buyer has not got it.');

    const digits = scene.agentWrites(talk, 'Your number is 48213977');
    await scene.marked(talk, digits, marks.sent);
    await scene.shown(talk, 'Sent. Please note');
    expect(scene.received(talk)).not.toContain('Or mail me at lamp@example.com');
  });

  itWithEdits('sends what an edit in time has made of a reply', async () => {
    await world.apply('reply: { undoSeconds: 4 }');
    const talk = await scene.opens('When does it ship?');
    const ts = scene.agentWrites(talk, 'It ships on Tusday.');
    world.desk.edit(talk.channelId, ts, 'It ships on Tuesday.');
    await scene.marked(talk, ts, marks.sent);
    expect(scene.received(talk)).toEqual(['It ships on Tuesday.']);
  });

  itWithEdits('sends the words of an edit that comes before its message', async () => {
    await world.apply('reply: { undoSeconds: 0 }');
    const talk = await scene.opens('Is it heavy?');
    world.slack.disturb({ drop: 1 });
    const ts = scene.agentWrites(talk, 'It is heavi.');
    world.slack.disturb({});
    world.desk.edit(talk.channelId, ts, 'It is heavy.');
    await scene.marked(talk, ts, marks.sent);
    expect(scene.received(talk)).toEqual(['It is heavy.']);
  });

  itWhere(can.deletions, 'nobody is told of a deletion')('takes back what is deleted in time, and says when it is too late', async () => {
    await world.apply('reply: { undoSeconds: 300 }');
    const talk = await scene.opens('Can I return it?');
    const deleted = scene.agentWrites(talk, 'No.');
    // Events are sent side by side: what is to come after has to be written after.
    await world.desk.settled();
    world.desk.remove(talk.channelId, deleted);
    await scene.shown(talk, 'Cancelled in time');
    await world.apply('reply: { undoSeconds: 0 }');
    const late = scene.agentWrites(talk, 'Yes.');
    await scene.marked(talk, late, marks.sent);
    world.desk.remove(talk.channelId, late);
    await scene.shown(talk, 'Too late: the buyer has this message already.');
    expect(scene.received(talk)).toEqual(['Yes.']);
  });

  it('takes back what is undone in time', async () => {
    await world.apply('reply: { undoSeconds: 300 }');
    const talk = await scene.opens('May I return it?');
    scene.agentWrites(talk, 'Never.');
    await world.desk.settled();
    scene.agentWrites(talk, '!undo');
    await scene.shown(talk, 'Cancelled in time');
    const cancelled = (await deliveries('cancelled')).filter(({ lane }) => lane.endsWith(`/${talk.conversationId}`));
    expect(cancelled).toHaveLength(1);
    scene.agentWrites(talk, '!undo');
    await scene.shown(talk, 'There is no reply left to undo');
    await world.apply('reply: { undoSeconds: 0 }');
    await pointOfOrder(talk);
    expect(scene.received(talk)).toHaveLength(1);
  });

  itWithEdits('says that an edit came too late, and sends the correction when asked', async () => {
    await world.apply('reply: { undoSeconds: 0 }');
    const talk = await scene.opens('How long is the cable?');
    const ts = scene.agentWrites(talk, 'Two metres.');
    await scene.marked(talk, ts, marks.sent);
    world.desk.edit(talk.channelId, ts, 'Three metres.');
    const late = await scene.shown(talk, 'Too late: the buyer has the earlier text.');
    expect(late.pings).toContain(agent);
    await scene.press(talk, late, 'Send correction');
    await scene.reaches(talk, 'Three metres.');
    expect(scene.received(talk)).toEqual(['Two metres.', 'Three metres.']);
  });

  it('says in one sentence why a reply failed, and sends it again when asked', async () => {
    const talk = await scene.opens('Are you there?');
    world.tiktok.setCanSend(talk.conversationId, false);
    const ts = scene.agentWrites(talk, 'Yes, we are.');
    const failed = await scene.shown(
      talk,
      'This reply did not reach the buyer: the marketplace does not accept messages to this buyer now',
    );
    expect(failed.pings).toContain(agent);
    expect(failed.buttons.map(({ label }) => label)).toEqual(['Retry', 'Edit and resend', 'Discard']);
    world.tiktok.setCanSend(talk.conversationId, true);
    await scene.press(talk, failed, 'Retry');
    await scene.marked(talk, ts, marks.sent);
    expect(scene.received(talk)).toEqual(['Yes, we are.']);
  });

  itWithEdits('lets an author edit what the marketplace refused, and sends that', async () => {
    const talk = await scene.opens('Is it original?');
    const ts = scene.agentWrites(talk, 'It is no counterfeit.');
    const failed = await scene.shown(talk, 'the marketplace calls its content sensitive');
    await scene.press(talk, failed, 'Edit and resend');
    await scene.shown(talk, 'Edit your message');
    world.desk.edit(talk.channelId, ts, 'It is original.');
    await scene.marked(talk, ts, marks.sent);
    expect(scene.received(talk)).toEqual(['It is original.']);
  });

  it('sends a long reply in parts, in order, under one receipt', async () => {
    const talk = await scene.opens('Tell me everything about it');
    const words = Array.from({ length: 800 }, (_, index) => `word${index}`).join(' ');
    const ts = scene.agentWrites(talk, words);
    await scene.marked(talk, ts, marks.sent);
    const parts = scene.received(talk);
    expect(parts.length).toBe(Math.ceil(words.length / 2_000));
    expect(parts.join(' ')).toBe(words);
  });

  itWhere(chat === 'slack', 'the hold is the same, and its event is made by hand')('holds a reply that waited too long', async () => {
    await world.apply('reply: { staleAfterMinutes: 2 }');
    const talk = await scene.opens('Hello, anybody?');
    const threeMinutesAgo = `${Math.floor(Date.now() / 1_000) - 190}.000100`;
    world.slack.emit({
      type: 'message',
      user: agent,
      channel: talk.channelId,
      channel_type: 'channel',
      text: 'Good morning!',
      ts: threeMinutesAgo,
      event_ts: threeMinutesAgo,
      thread_ts: talk.rootTs,
      team: world.slack.world.team.id,
    });
    const held = await scene.shown(talk, 'This reply waited 3 minutes');
    expect(held.buttons.map(({ label }) => label)).toEqual(['Send', 'Discard']);
    expect(scene.received(talk)).toEqual([]);
    await scene.press(talk, held, 'Send');
    await scene.reaches(talk, 'Good morning!');
    await world.apply('reply: { staleAfterMinutes: 30 }');
  });

  it('holds a reply that was overtaken by one in Seller Center', async () => {
    await world.apply('reply: { undoSeconds: 4 }');
    const talk = await scene.opens('What does it cost?');
    scene.agentWrites(talk, 'Twelve dollars.');
    world.tiktok.writes(talk.shopId, talk.conversationId, {
      role: 'CUSTOMER_SERVICE',
      type: 'TEXT',
      content: { content: 'It is 11.90.' },
      at: new Date(Date.now() + 1_000),
    });
    const held = await scene.shown(talk, 'Somebody answered in Seller Center meanwhile');
    await scene.press(talk, held, 'Send');
    await scene.reaches(talk, 'Twelve dollars.');
    await world.apply('reply: { undoSeconds: 0 }');
  });

  it('shows what was typed in Seller Center once, and its own replies never', async () => {
    const talk = await scene.opens('Which sizes are there?');
    const ts = scene.agentWrites(talk, 'Small and large.');
    await scene.marked(talk, ts, marks.sent);
    world.tiktok.sellerReplies(talk.shopId, talk.conversationId, 'And medium from Monday.');
    world.tiktok.autoReplies(talk.shopId, talk.conversationId, 'We are open from 9 to 6.');
    scene.buyerWrites(talk, 'Thank you!');
    await scene.shown(talk, 'Thank you!');
    const times = (words: string) => scene.said(talk, words).reduce((sum, { text }) => sum + text.split(words).length - 1, 0);
    expect(times('And medium from Monday.')).toBe(1);
    expect(scene.said(talk, 'And medium from Monday.')[0]?.text).toContain('Answered in Seller Center');
    expect(scene.said(talk, 'We are open from 9 to 6.')[0]?.text).toContain('Automatic reply of the shop');
    // On a card stands also what agents wrote.
    expect(times('Small and large.')).toBe(can.cards ? 1 : 0);
    expect(world.tiktok.unread(talk.conversationId)).toBeLessThan(2);
  });

  it('marks the conversation as read, and gives the inquiry to who answers first', async () => {
    const talk = await scene.opens('May I ask something?');
    expect(scene.thread(talk).posts[0]?.text).toContain('Nobody has claimed it');
    // The channel has just seen the opening: what comes in the same breath is not shown there again.
    scene.buyerWrites(talk, 'It is about the lamp.');
    expect((await scene.shown(talk, 'It is about the lamp.')).broadcast).toBe(false);
    await scene.marked(talk, scene.agentWrites(talk, 'Of course.'), marks.sent);
    await scene.eventually(() => world.tiktok.unread(talk.conversationId) === 0);
    const root = await scene.eventually(() => {
      const post = scene.thread(talk).posts[0];
      return post?.text.includes('Answered') && !post.text.includes('Nobody has claimed it') && post;
    });
    expect(root.text).toContain(`With ${agent.toLowerCase()}`);
    // Who answers over a colleague is asked first, and takes nothing from them.
    const second = scene.agentWrites(talk, 'The green one is sold out.', supervisor);
    await scene.press(talk, await scene.shown(talk, 'is answering this buyer'), 'Send anyway', supervisor);
    await scene.marked(talk, second, marks.sent);
    expect(scene.thread(talk).posts[0]?.text).toContain(`With ${agent.toLowerCase()}`);
    scene.buyerWrites(talk, 'A pity.');
    expect((await scene.shown(talk, 'A pity.')).broadcast).toBe(false);
  });

  it('resolves, reopens in the window, and begins anew after it', async () => {
    const talk = await scene.opens('Is the shop closed today?');
    await scene.marked(talk, scene.agentWrites(talk, 'No, we are open.'), marks.sent);
    await scene.press(talk, { ts: talk.rootTs }, 'Resolve');
    await scene.shown(talk, 'Resolved by');
    await scene.eventually(() => scene.thread(talk).posts[0]?.text.includes('Resolved'));
    scene.buyerWrites(talk, 'And tomorrow?');
    expect((await scene.shown(talk, 'And tomorrow?')).broadcast).toBe(can.broadcasts);
    await scene.eventually(() => scene.thread(talk).posts[0]?.text.includes('Waiting for an answer'));
    scene.buyerWrites(talk, 'It is a holiday.');
    expect((await scene.shown(talk, 'It is a holiday.')).broadcast).toBe(false);

    await world.apply('reply: { reopenHours: 0 }');
    scene.agentWrites(talk, '!resolve');
    await scene.eventually(() => scene.thread(talk).posts.filter(({ text }) => text.includes('Resolved by')).length === 2);
    scene.buyerWrites(talk, 'Now about something else');
    const fresh = await scene.threadOf(talk.shopId, talk.conversationId, 'Now about something else');
    expect(fresh.rootTs).not.toBe(talk.rootTs);
    expect(scene.post(fresh, fresh.rootTs).text).toContain('An earlier inquiry of this buyer');
    await world.apply('reply: { reopenHours: 24 }');
  });

  it('refuses guests, strangers and people who are not on the list, where all can see it', async () => {
    const talk = await scene.opens('Who is there?');
    const others = [world.desk.addGuest(), world.desk.addStranger(), world.desk.addMember(9, 'unlisted')].filter((one) => one !== null);
    for (const person of others) {
      scene.agentWrites(talk, 'It is me.', person);
      await scene.eventually(() => scene.said(talk, 'You are not allowed').find(({ pings }) => pings.includes(person)));
      await scene.press(talk, { ts: talk.rootTs }, 'Claim', person);
    }
    await scene.eventually(() => scene.said(talk, 'You are not allowed').length === 2 * others.length);
    await pointOfOrder(talk);
    expect(scene.received(talk)).toHaveLength(1);
  });

  it('signs what the buyer gets with the alias of the shop', async () => {
    const talk = await scene.opens('Who are you?');
    await world.apply(`shops: [{ marketplace: tiktok-shop, externalId: "${talk.shopId}", alias: Mia }]`);
    scene.agentWrites(talk, 'The lamp house.');
    await scene.reaches(talk, 'The lamp house.\n— Mia');
  });
});
