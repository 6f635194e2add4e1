import { answerLines, picturesOf } from '../../src/core/answer-words.ts';
import { attachmentsOf } from '../../src/core/shown-words.ts';
import type { PostRef, Showing, ThreadState } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, Posted } from '../bot.ts';
import { answerCard, calledIn, noticeCard, type Standing } from './answer-card.ts';
import { type CallsDeps, callBeside } from './calls.ts';
import { type CardsDeps, cardExists, deliverCard, drawCard, isCode } from './cards.ts';
import { isDirect } from './conversations.ts';
import { type DocumentsDeps, sendDocuments } from './documents.ts';
import { incomplete, unknownCardCode } from './failures.ts';
import { uploadPicture } from './media.ts';
import { cardIdOf } from './names.ts';
import { type CardParams, toParams } from './params.ts';
import type { NameOf } from './people.ts';
import { type Drawn, planThread, postRefs, type ShowPlan } from './plan.ts';
import { sendByWebhook, type WebhookDeps, webhookIn } from './webhook.ts';

export interface ShowDeps extends CardsDeps, WebhookDeps, CallsDeps, DocumentsDeps {
  readonly nameOf: NameOf;
}

/** Everything is a card, so everything has a name of ours by which it is found again; what is on a card already is drawn anew. */
export async function show(deps: ShowDeps, thread: ThreadState, showing: Showing, access: BotAccess): Promise<Posted> {
  const { content } = showing;
  const webhook = webhookIn(thread.channelId);
  if (webhook !== null) {
    await sendByWebhook(deps, webhook, content, thread.locale, access.signal);
    return { posts: [] };
  }
  if ('visibleTo' in content && content.visibleTo !== null && !isDirect(thread.channelId)) {
    return whisper(deps, thread, showing, content.visibleTo, access);
  }
  const posted = await showCards(deps, thread, showing, access);
  // Once all else is there: nothing that follows can be looked up, and it is sent once.
  if (content.kind === 'answer' && content.calls) {
    const words = content.parts.flatMap((part) => answerLines(part, thread.locale, true));
    await callBeside(deps, content.calls.userIds, words, thread.locale, access.signal);
  }
  if (content.kind === 'opening' || content.kind === 'messages') await sendDocuments(deps, thread.channelId, content.messages, access);
  return posted;
}

async function showCards(deps: ShowDeps, thread: ThreadState, showing: Showing, access: BotAccess): Promise<Posted> {
  const { content } = showing;
  try {
    return await carryOut(deps, thread, await planOf(deps, thread, showing, access), 'all', access.signal);
  } catch (error) {
    // Its card is no more (taken back, or too old): another takes its place.
    if (!isDrawn(content) || thread.rootId === null || !isCode(error, unknownCardCode)) throw error;
    return carryOut(deps, thread, await planOf(deps, thread, showing, access, true), 'all', access.signal);
  }
}

/**
 * Did this showing arrive? Its cards have names that follow from the delivery's, so each is asked for; what is missing of it is made. Null: none of its cards is there, or
 * it only drew one that was, which may simply be done again.
 */
export async function findPosted(deps: ShowDeps, thread: ThreadState, showing: Showing, access: BotAccess): Promise<Posted | null> {
  const { content } = showing;
  if (content.kind === 'receipt' || content.kind === 'card') return null;
  // What one person alone was shown may be shown to them again. A ping by a custom robot, too: twice is better than never.
  if (webhookIn(thread.channelId) !== null) return null;
  if ('visibleTo' in content && content.visibleTo !== null) return null;
  const plan = await planOf(deps, thread, showing, access);
  const own = cardIdOf(thread.inquiryId, showing.deliveryId);
  if (plan.isThread && !plan.make.some(({ id }) => id === own)) {
    // It may have opened a thread of its own, before the inquiry got another one.
    const opened = await cardExists(deps, own, plan.title, access.signal);
    if (opened) return { posts: postRefs(thread.channelId, [own]) };
  }
  const there = new Set<string>();
  for (const { id, params } of plan.make) if (await cardExists(deps, id, params, access.signal)) there.add(id);
  return there.size === 0 ? null : carryOut(deps, thread, plan, there, access.signal);
}

const isDrawn = (content: Showing['content']): content is Drawn =>
  content.kind === 'opening' || content.kind === 'messages' || content.kind === 'card' || content.kind === 'receipt';

async function planOf(deps: ShowDeps, thread: ThreadState, showing: Showing, access: BotAccess, rootIsGone = false): Promise<ShowPlan> {
  const { content, deliveryId } = showing;
  if (!isDrawn(content)) {
    const id = cardIdOf(thread.inquiryId, deliveryId);
    const { params, calls } = await plainCard(deps, thread, content, access);
    return {
      make: [{ id, params, address: { channelId: thread.channelId, calls } }],
      draw: [],
      ids: [id],
      newRoot: null,
      isThread: false,
      title: params,
    };
  }
  const card = thread.board?.card ?? ('card' in content ? content.card : null);
  const assignee = card?.assignee && 'userId' in card.assignee ? card.assignee.userId : null;
  const pictures =
    'messages' in content && content.kind !== 'card' ? attachmentsOf(content.messages).filter(({ kind }) => kind === 'image') : [];
  const images: (string | null)[] = [];
  for (const { media } of pictures) images.push(await uploadPicture(deps.client, media, access));
  const assigneeName = assignee === null ? null : await deps.nameOf(assignee, access.signal);
  return planThread(thread, showing, content, { assigneeName, images, rootIsGone });
}

/** @param there `all`: make every new card; else those that are there already, and are not made again */
async function carryOut(
  deps: ShowDeps,
  { channelId }: ThreadState,
  { make, draw, ids, newRoot, isThread }: ShowPlan,
  there: 'all' | ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Posted> {
  const carriers: PostRef[] = [];
  let requestId: string | undefined;
  let made = there === 'all' ? 0 : there.size;
  try {
    for (const { id, params, address } of make) {
      if (there !== 'all' && there.has(id)) continue;
      const delivered = await deliverCard(deps, id, params, address, { effect: 'post', signal });
      made += 1;
      requestId ??= delivered.requestId;
      if (delivered.carrierId !== null && isThread && id === ids[0]) carriers.push({ channelId, messageId: delivered.carrierId });
    }
    for (const { id, params } of draw) {
      const drawn = await drawCard(deps, id, params, signal).catch(newRoot === null ? rethrown : passedOver);
      requestId ??= drawn;
    }
  } catch (error) {
    throw made === 0 ? error : incomplete(error);
  }
  return {
    posts: [...postRefs(channelId, ids), ...carriers],
    ...(newRoot === null ? {} : { root: { channelId, messageId: newRoot } }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

const rethrown = (error: unknown): never => {
  throw error;
};

/** The card that was left cannot say so any more when it is gone itself. */
function passedOver(error: unknown): undefined {
  if (!isCode(error, unknownCardCode)) throw error;
}

/** For one person's eyes. Nobody finds it again, so a failure is none that has to be looked into; and in a talk with the robot alone everything is. */
async function whisper(deps: ShowDeps, thread: ThreadState, showing: Showing, userId: string, access: BotAccess): Promise<Posted> {
  const { params } = await plainCard(deps, thread, showing.content, access);
  const address = { channelId: thread.channelId, visibleTo: userId };
  const id = cardIdOf(thread.inquiryId, showing.deliveryId);
  try {
    const { requestId } = await deliverCard(deps, id, params, address, { effect: 'repeatable', signal: access.signal });
    return { posts: [], ...(requestId === undefined ? {} : { requestId }) };
  } catch (error) {
    // Which words the platform has for somebody who is not in the group is on no page (UNCONFIRMED); whatever it refuses here, nobody sees.
    if (error instanceof PlatformError && error.kind === 'rejected') return { posts: [], gone: true };
    throw error;
  }
}

async function plainCard(
  deps: ShowDeps,
  thread: ThreadState,
  content: Showing['content'],
  access: BotAccess,
): Promise<{ readonly params: CardParams; readonly calls: Readonly<Record<string, string>> }> {
  const standing: Standing = { ...thread, inquiryId: thread.inquiryId === '' ? null : thread.inquiryId };
  const name = (userId: string) => deps.nameOf(userId, access.signal);
  const called = (userIds: readonly string[], here = false) => calledIn({ userIds, here }, thread.locale, name);
  switch (content.kind) {
    case 'notice': {
      // A private one has its reader's attention.
      const calls = await called(content.mention === null || content.visibleTo !== null ? [] : [content.mention]);
      return { params: toParams(noticeCard(content.notice, content.actions, calls, standing)), calls };
    }
    case 'announcement':
      return { params: toParams(noticeCard(content.notice, [], {}, { ...standing, rootId: null, inquiryId: null })), calls: {} };
    case 'answer': {
      const calls = content.calls ? await called(content.calls.userIds, content.calls.here) : {};
      const images: (string | null)[] = [];
      if (content.visibleTo === null)
        for (const { media } of picturesOf(content)) images.push(await uploadPicture(deps.client, media, access));
      return { params: toParams(answerCard(content, images, calls, standing)), calls };
    }
    case 'opening':
    case 'messages':
    case 'card':
    case 'receipt':
      throw new Error(`${content.kind} is drawn on the thread's card`);
  }
}
