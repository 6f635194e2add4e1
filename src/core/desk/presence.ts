/** Whether somebody is there, said by themselves; it stands above their hours. The newest by `at` counts. */
export interface Presence {
  /** The name in `agents`, else the account: `slack/default/U1`. */
  readonly person: string;
  readonly state: 'away' | 'back';
  /** Null: until they say otherwise. */
  readonly until: Date | null;
  readonly at: Date;
}
