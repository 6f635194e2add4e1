import type { NaivePolicy, Rung } from './policies.ts';

/** A turn that ended, or was missed. */
export interface NaiveOutcome {
  readonly policy: NaivePolicy;
  readonly start: number;
  readonly met: boolean;
  readonly elapsedMs: number;
  readonly correction: boolean;
}

export interface NaiveReminder {
  readonly policy: NaivePolicy;
  readonly to: Rung;
  readonly due: number;
}

const secondMs = 1_000;
/** Marketplaces cut their times to the second: what was asked in the second of an answer was asked after it. */
const isAnswered = (asked: number, answered: number): boolean => asked + secondMs <= answered;

/**
 * One rule for one inquiry. It keeps all that is known to have been asked and answered, and whenever there is news works out anew which turns there were. Only what
 * is older than the end of the last turn that ended is passed over.
 */
export class NaiveClock {
  readonly policy: NaivePolicy;
  #asked: number[] = [];
  #answered: number[] = [];
  /** How many of the turns that ended were told of. */
  #told = 0;
  #endedAt: number | null = null;
  /** Of the turn that runs: how many steps were reminded of, and when it was thought to have begun then. */
  #reminded: { readonly start: number; readonly steps: number } | null = null;
  /** When the turn was thought to have begun that was told of as missed. */
  #missed: number | null = null;
  /** No reminders of what was asked before. */
  #quietAt: number | null = null;

  constructor(policy: NaivePolicy) {
    this.policy = policy;
  }

  asks(at: number): readonly NaiveOutcome[] {
    const isOver = this.#endedAt !== null && (this.policy.kind === 'first-response' || isAnswered(at, this.#endedAt));
    if (this.policy.kind === 'held-reply' || isOver) return [];
    this.#asked.push(at);
    return this.#workOut();
  }

  answers(at: number): readonly NaiveOutcome[] {
    const { kind } = this.policy;
    return kind === 'resolution' || kind === 'held-reply' ? [] : this.#ends(at);
  }

  /** The inquiry is closed. */
  closes(at: number): readonly NaiveOutcome[] {
    this.needsNone(at);
    if (this.policy.kind === 'held-reply') this.#forget(null);
    return this.policy.kind === 'resolution' ? this.#ends(at) : [];
  }

  /** The buyer needs no answer. The team's own clock ends there; the marketplace knows nothing of it. */
  needsNone(at: number): void {
    const { kind, owner } = this.policy;
    if (this.start() === null || kind === 'resolution' || kind === 'held-reply') return;
    if (owner === 'team') this.#forget(at);
    else this.#quietAt = at;
  }

  /** Since when the oldest of the replies waits that nobody decided about; null: there is none. */
  waits(since: number | null): void {
    if (this.policy.kind !== 'held-reply' || this.start() === since) return;
    this.#forget(null);
    if (since !== null) this.#asked = [since];
  }

  /** When the turn that runs began. */
  start(): number | null {
    return this.#turns().open[0] ?? null;
  }

  due(): number | null {
    const start = this.start();
    return start === null ? null : this.policy.due(start);
  }

  /** When time alone brings the next reminder or the miss. */
  next(): number | null {
    const [start, due] = [this.start(), this.due()];
    if (start === null || due === null) return null;
    const step = this.#isQuiet() ? undefined : this.policy.steps[this.#reminded?.steps ?? 0]?.at(start, due);
    return this.#missed === null ? Math.min(step ?? due, due) : (step ?? null);
  }

  /** What has come by `now`. Of several steps that have passed the last is told. */
  passes(now: number): { readonly reminder: NaiveReminder | null; readonly missed: NaiveOutcome | null } {
    const { policy } = this;
    const [start, due, next] = [this.start(), this.due(), this.next()];
    if (start === null || due === null || next === null || next > now) return { reminder: null, missed: null };
    const before = this.#reminded?.steps ?? 0;
    const passed = this.#isQuiet() ? 0 : policy.steps.filter((step) => step.at(start, due) <= now).length;
    const step = passed > before ? policy.steps[passed - 1] : undefined;
    if (step) this.#reminded = { start: this.#reminded?.start ?? start, steps: passed };
    const misses = this.#missed === null && due <= now;
    if (misses) this.#missed = start;
    return {
      reminder: step ? { policy, to: step.to, due } : null,
      missed:
        misses && policy.kind !== 'held-reply'
          ? { policy, start, met: false, elapsedMs: policy.elapsed(start, due), correction: false }
          : null,
    };
  }

  #ends(at: number): readonly NaiveOutcome[] {
    if (this.#endedAt !== null && at <= this.#endedAt) return [];
    this.#answered.push(at);
    return this.#workOut();
  }

  /** From the first unanswered question to the first answer, again and again. */
  #turns(): { readonly ended: readonly { readonly start: number; readonly end: number }[]; readonly open: readonly number[] } {
    const answers = this.#answered.toSorted((a, b) => a - b);
    const ended: { start: number; end: number }[] = [];
    let open = this.#asked.toSorted((a, b) => a - b);
    for (;;) {
      const [start] = open;
      const end = start === undefined ? undefined : answers.find((answer) => isAnswered(start, answer));
      if (start === undefined || end === undefined) return { ended, open };
      ended.push({ start, end });
      open = this.policy.kind === 'first-response' ? [] : open.filter((asked) => !isAnswered(asked, end));
    }
  }

  #workOut(): readonly NaiveOutcome[] {
    const { policy } = this;
    const { ended, open } = this.#turns();
    const outcomes: NaiveOutcome[] = [];
    for (const { start, end } of ended.slice(this.#told)) {
      const due = policy.due(start);
      const wasMissed = this.#missed !== null && isAnswered(this.#missed, end);
      const met = due !== null && end <= due;
      if (due !== null && (met || !wasMissed))
        outcomes.push({ policy, start, met, elapsedMs: policy.elapsed(start, end), correction: wasMissed });
      if (wasMissed) this.#missed = null;
      if (this.#reminded && isAnswered(this.#reminded.start, end)) this.#reminded = null;
      this.#endedAt = end;
    }
    this.#told = ended.length;
    if (open.length === 0) [this.#missed, this.#reminded, this.#quietAt] = [null, null, null];
    return outcomes;
  }

  #isQuiet(): boolean {
    const newest = this.#turns().open.at(-1);
    return this.#quietAt !== null && newest !== undefined && isAnswered(newest, this.#quietAt);
  }

  #forget(endedAt: number | null): void {
    [this.#asked, this.#answered, this.#told, this.#endedAt] = [[], [], 0, endedAt];
    [this.#missed, this.#reminded, this.#quietAt] = [null, null, null];
  }
}
