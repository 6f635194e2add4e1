/** What is wrong, by kind; each entry names a text. All empty: every promise was kept. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly outOfOrder: readonly string[];
  /** Shown in the thread, or sent to the buyer, of another conversation. */
  readonly misplaced: readonly string[];
  /** What should have stayed inside, or was nobody's reply. */
  readonly leaked: readonly string[];
  /** Agents' messages that nobody can tell the fate of. */
  readonly withoutReceipt: readonly string[];
  /** Words that were sent although an edit, a deletion or an undo had come in time, and had been taken well before. */
  readonly unheeded: readonly string[];
}
export type Faults = { readonly [Kind in keyof Verdict]: string[] };

export const clean: Verdict = { lost: [], doubled: [], outOfOrder: [], misplaced: [], leaked: [], withoutReceipt: [], unheeded: [] };
export const isClean = (verdict: Verdict): boolean => Object.values(verdict).every((list: readonly string[]) => list.length === 0);
