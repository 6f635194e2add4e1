import type { HistoryLine } from '../record.ts';
import { fillers, type ShopName, shops, policy as team } from '../team.ts';
import { NaiveClock, type NaiveOutcome, type NaiveReminder } from './clock.ts';
import { openBetween } from './hours.ts';
import { policiesOf } from './policies.ts';

const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];
/** What was just written is looked at again a moment later at the earliest. */
const leastMs = 100;

interface NaiveReply {
  readonly post: string;
  readonly by: string;
  readonly words: string;
  /** When it was written, or let go. */
  from: number;
  leavesAt: number;
  tries: number;
  state: 'queued' | 'held' | 'failed' | 'sent' | 'cancelled';
}

/** How an inquiry stands. */
export class NaiveInquiry {
  readonly shop: ShopName;
  readonly conversation: string;
  readonly number: number;
  /** Where its thread is. */
  readonly channel: string;
  readonly root: string;
  readonly group: string;
  readonly lines: HistoryLine[] = [];
  readonly clocks: readonly NaiveClock[];
  readonly replies: NaiveReply[] = [];
  readonly tags = new Set<string>();

  status: 'waiting' | 'answered' | 'resolved' = 'waiting';
  openedAt: number;
  resolvedAt: number | null = null;
  waitingSince: number | null;
  assignee: string | null = null;
  snoozedUntil: number | null = null;
  noAnswerNeeded = false;
  autoRepliedAt: number | null = null;
  #reopenedAt: number | null = null;
  #lastBuyerAt: number;
  #firstReplyAt: number | null = null;
  #lastReplyAt: number | null = null;
  #lastOutsideAt: number | null = null;
  #claimedAt: number | null = null;
  #stirredAt: number | null = null;
  #changedAt = 0;
  #buyerMessages = 0;
  #answers = 0;
  #lastInThread: { readonly by: string; readonly isNote: boolean } | null = null;
  /** Replies that wait for somebody, by the message they were written as, and since when. */
  readonly #held = new Map<string, number>();

  constructor(given: {
    readonly shop: ShopName;
    readonly conversation: string;
    readonly number: number;
    readonly place: { readonly channel: string; readonly root: string };
    readonly sentAt: number;
    readonly vip: boolean;
  }) {
    ({ shop: this.shop, conversation: this.conversation, number: this.number } = given);
    ({ channel: this.channel, root: this.root } = given.place);
    this.group = shops[given.shop].group;
    this.openedAt = given.sentAt;
    this.waitingSince = given.sentAt;
    this.#lastBuyerAt = given.sentAt;
    this.clocks = policiesOf(given.shop, given.vip).map((policy) => new NaiveClock(policy));
  }

  get open(): boolean {
    return this.status !== 'resolved';
  }

  note(kind: string, at: number, by: string | null, data: HistoryLine['data'] = {}): void {
    this.lines.push({ conversation: this.conversation, inquiry: this.number, kind, at, by, data });
  }

  /** A buyer who writes soon enough after the end is back in it. */
  reopensFor(sentAt: number): boolean {
    return this.resolvedAt !== null && sentAt + secondMs - this.resolvedAt < team.reopenHours * hourMs;
  }

  /** @param absent who has it is not there */
  buyerWrites(now: number, sentAt: number, { closing, opens, absent }: { closing: boolean; opens: boolean; absent: boolean }): void {
    this.#changedAt = now;
    const wasOpen = this.open;
    if (!wasOpen && !closing) {
      [this.status, this.resolvedAt, this.#reopenedAt] = ['answered', null, sentAt];
      this.note('reopened', sentAt, null);
    }
    const answeredAt = Math.max(this.#lastReplyAt ?? 0, this.#lastOutsideAt ?? 0);
    const waits = sentAt + secondMs > answeredAt && (opens || this.status === 'waiting' || !closing);
    if (waits) {
      this.waitingSince = this.status === 'waiting' ? Math.min(this.waitingSince ?? sentAt, sentAt) : sentAt;
      [this.status, this.snoozedUntil, this.noAnswerNeeded] = ['waiting', null, false];
    }
    this.#lastBuyerAt = Math.max(this.#lastBuyerAt, sentAt);
    this.openedAt = Math.min(this.openedAt, sentAt);
    if (waits && wasOpen && absent) this.release(now, null);
    if (!closing) this.#tell(this.clocks.flatMap((clock) => clock.asks(sentAt)));
    this.#buyerMessages += 1;
    this.note('buyer-wrote', sentAt, null);
  }

  /** Somebody answered at the marketplace itself. */
  answeredOutside(now: number, sentAt: number, words: string): void {
    this.#changedAt = now;
    const isFiller = fillers.includes(words);
    this.note('answered-outside', sentAt, null, this.#waited(sentAt));
    const answers = sentAt >= this.#lastBuyerAt && !isFiller;
    this.#lastOutsideAt = Math.max(this.#lastOutsideAt ?? 0, sentAt);
    this.#firstReplyAt = Math.min(this.#firstReplyAt ?? sentAt, sentAt);
    if (answers && this.open) this.status = 'answered';
    if (answers) this.waitingSince = null;
    if (!isFiller) this.#tell(this.clocks.flatMap((clock) => clock.answers(sentAt)));
    this.#answers += 1;
  }

  // What is written in the thread

  claim(now: number, by: string): void {
    this.#take(now, by);
    this.note('claimed', now, by);
  }

  assign(now: number, to: string, by: string | null): void {
    this.#take(now, to);
    this.note('assigned', now, by, { to });
  }

  release(now: number, by: string | null): void {
    this.#changedAt = now;
    if (this.assignee === null) return;
    [this.assignee, this.#claimedAt] = [null, null];
    this.note('released-claim', now, by);
  }

  snooze(now: number, ms: number, by: string): void {
    this.#changedAt = now;
    this.snoozedUntil = now + ms;
    this.note('snoozed', now, by, { until: now + ms });
  }

  needsNoAnswer(now: number, by: string): void {
    if (this.status !== 'waiting') return;
    this.#changedAt = now;
    this.noAnswerNeeded = true;
    this.note('no-answer-needed', now, by);
    for (const clock of this.clocks) clock.needsNone(now);
  }

  tag(now: number, tag: string, by: string | null): void {
    if (this.tags.has(tag)) return;
    this.#changedAt = now;
    this.tags.add(tag);
    this.note('tagged', now, by, { tag });
  }

  remark(now: number, by: string): void {
    this.#changedAt = now;
    this.#lastInThread = { by, isNote: true };
    this.note('noted', now, by);
  }

  /** @param by null: time did it */
  close(now: number, by: string | null): void {
    if (!this.open) return;
    this.#changedAt = now;
    [this.status, this.resolvedAt, this.waitingSince, this.snoozedUntil] = ['resolved', now, null, null];
    this.note('resolved', now, by, {
      by: by === null ? 'policy' : 'agent',
      openMs: now - (this.#reopenedAt ?? this.openedAt),
      buyerMessages: this.#buyerMessages,
      replies: this.#answers,
      automatic: this.autoRepliedAt !== null && this.#firstReplyAt === null,
    });
    this.#held.clear();
    this.#tell(this.clocks.flatMap((clock) => clock.closes(now)));
  }

  reopen(now: number, by: string): void {
    if (this.open) return;
    this.#changedAt = now;
    const waits = this.#lastBuyerAt > Math.max(this.#lastReplyAt ?? 0, this.#lastOutsideAt ?? 0);
    [this.status, this.waitingSince] = waits ? ['waiting', this.#lastBuyerAt] : ['answered', null];
    [this.resolvedAt, this.#reopenedAt, this.#stirredAt] = [null, now, now];
    this.note('reopened', now, by);
  }

  writes(now: number, by: string, words: string, post: string): void {
    this.#changedAt = now;
    const isDoubtful = this.#lastInThread?.isNote === true && this.#lastInThread.by !== by;
    this.#lastInThread = { by, isNote: false };
    const reply: NaiveReply = { post, by, words, from: now, leavesAt: now + team.undoSeconds * secondMs, tries: 0, state: 'queued' };
    this.replies.push(reply);
    const until = this.#claimedUntil();
    const collides = until !== null && now < until && this.assignee !== by;
    if (words.includes('@') || isDoubtful || collides) this.#hold(reply, now);
    else if (this.assignee === by) this.#claimedAt = now;
    else this.claim(now, by);
  }

  /** Takes the last reply back. */
  undo(now: number): void {
    this.#changedAt = now;
    const last = this.replies.filter(({ state }) => state !== 'cancelled').at(-1);
    if (!last) return;
    if (last.state !== 'sent') last.state = 'cancelled';
    this.#decided(last);
  }

  presses(now: number, by: string, action: string, post: string): void {
    const reply = this.replies.find((one) => one.post === post);
    if (!reply) throw new Error(`nobody wrote ${post}`);
    this.#changedAt = now;
    const discards = action === 'discard';
    this.note(discards ? 'discarded' : 'released', now, by);
    this.#decided(reply);
    if (discards && reply.state !== 'sent') reply.state = 'cancelled';
    if (discards || (reply.state !== 'held' && reply.state !== 'failed')) return;
    Object.assign(reply, { state: 'queued', from: now, leavesAt: now });
    this.#leaves(reply, now);
  }

  // What time does

  /** The next moment at which time changes it; null: none will. */
  next(): number | null {
    const leaving = this.replies.flatMap(({ state, leavesAt }) => (state === 'queued' ? leavesAt : []));
    const due = this.#duties().map((at) => Math.max(at, this.#changedAt + leastMs));
    const all = [...leaving, ...due];
    return all.length === 0 ? null : Math.min(...all);
  }

  /** Does what has come. Returns what is to be reminded of. */
  passes(now: number): readonly NaiveReminder[] {
    for (const reply of this.replies) if (reply.state === 'queued' && reply.leavesAt <= now) this.#leaves(reply, now);
    if (!this.#duties().some((at) => at <= now)) return [];
    const reminders: NaiveReminder[] = [];
    for (const clock of this.clocks) {
      const { reminder, missed } = clock.passes(now);
      if (reminder) reminders.push(reminder);
      if (missed) this.#tell([missed]);
    }
    if (this.snoozedUntil !== null && this.snoozedUntil <= now) {
      [this.snoozedUntil, this.#stirredAt] = [null, now];
      this.note('snoozed', now, null, { until: null });
    }
    if ((this.#claimEnds() ?? now + 1) <= now) this.release(now, null);
    if ((this.#closesAt() ?? now + 1) <= now) this.close(now, null);
    this.#changedAt = now;
    return reminders;
  }

  #duties(): readonly number[] {
    const ofCase = this.open ? [this.snoozedUntil, this.#claimEnds(), this.#closesAt()] : [];
    return [...ofCase, ...this.clocks.map((clock) => clock.next())].flatMap((at) => at ?? []);
  }

  /** Ten minutes for each question of the buyer, and after each answer. */
  #claimedUntil(): number | null {
    if (this.assignee === null || this.#claimedAt === null) return null;
    return Math.max(this.#claimedAt, this.waitingSince ?? 0) + team.claimMinutes * minuteMs;
  }

  #claimEnds(): number | null {
    return this.status === 'waiting' && !this.noAnswerNeeded ? this.#claimedUntil() : null;
  }

  #closesAt(): number | null {
    if ((this.status === 'waiting' && !this.noAnswerNeeded) || this.snoozedUntil !== null) return null;
    const last = [this.#lastBuyerAt, this.#lastReplyAt, this.#lastOutsideAt, this.#stirredAt].map((at) => at ?? 0);
    return Math.max(...last) + team.autoResolveHours * hourMs;
  }

  #take(now: number, by: string): void {
    [this.assignee, this.#claimedAt, this.#stirredAt, this.#changedAt] = [by, now, now, now];
  }

  #hold(reply: NaiveReply, now: number): void {
    reply.state = 'held';
    this.note('held', now, null, { agent: reply.by });
    this.#waits(reply, now);
  }

  #waits({ post }: NaiveReply, since: number): void {
    this.#held.set(post, since);
    for (const clock of this.clocks) clock.waits(Math.min(...this.#held.values()));
  }

  #decided({ post }: NaiveReply): void {
    if (!this.#held.delete(post)) return;
    const since = this.#held.size === 0 ? null : Math.min(...this.#held.values());
    for (const clock of this.clocks) clock.waits(since);
  }

  #leaves(reply: NaiveReply, now: number): void {
    this.#changedAt = now;
    const isRefused = reply.words.includes('(refused once)') && reply.tries === 0;
    if (this.#lastOutsideAt !== null && this.#lastOutsideAt > reply.from) this.#hold(reply, now);
    else if (isRefused) {
      Object.assign(reply, { state: 'failed', tries: 1 });
      this.note('failed', now, null, { agent: reply.by });
      this.#waits(reply, now);
    } else this.#arrives(reply, now);
  }

  #arrives(reply: NaiveReply, now: number): void {
    const isFiller = fillers.includes(reply.words);
    const waited = this.#waited(now);
    reply.state = 'sent';
    this.#firstReplyAt ??= now;
    this.#lastReplyAt = now;
    if (this.assignee === reply.by) this.#claimedAt = now;
    if (this.status === 'waiting' && !isFiller) [this.status, this.waitingSince] = ['answered', null];
    if (!isFiller) this.#tell(this.clocks.flatMap((clock) => clock.answers(now)));
    this.#decided(reply);
    this.#answers += 1;
    this.note('replied', now, reply.by, { agent: reply.by, ...waited });
  }

  /** How long the buyer had waited for an answer that comes then. */
  #waited(at: number): HistoryLine['data'] {
    const first = this.#firstReplyAt === null;
    const since = this.waitingSince;
    if (since === null || at < since) return { first, waitedMs: null, businessMs: null };
    const { business, zone } = shops[this.shop];
    return { first, waitedMs: at - since, businessMs: openBetween(business, zone, since, at) };
  }

  /** Turns count when they began. */
  #tell(outcomes: readonly NaiveOutcome[]): void {
    for (const { policy, start, met, elapsedMs, correction } of outcomes) {
      const { name, owner, kind } = policy;
      this.note(met ? 'clock-met' : 'clock-missed', start, null, { policy: name, owner, kind, elapsedMs, correction, startedAt: start });
    }
  }
}
