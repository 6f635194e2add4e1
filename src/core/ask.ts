import type { Locale } from './texts/index.ts';
import type { AnswerContent, Notice, PostRef } from './thread.ts';

/** Forms that people fill in, as shortcuts, buttons and submissions name them. */
export const formNames = ['template', 'assign', 'snooze', 'note'] as const;
export type FormName = (typeof formNames)[number];

/**
 * What somebody waits for within seconds, so that it is answered beside the inbox, once the event is stored. Answering reads and changes nothing: what is to
 * change goes through the inbox. `answerTo`: where an answer may still be sent after the acknowledgement; opaque, null where there is no such place.
 */
export type Ask =
  /** `/tm stats`: `text` is what follows the command. */
  | {
      readonly kind: 'command';
      readonly text: string;
      readonly mentions: readonly string[];
      readonly userId: string;
      readonly channelId: string;
      readonly answerTo: string | null;
    }
  /** A button or a shortcut that wants a form. `value`: the button's, unread; null: a shortcut, on the message at `post`. */
  | {
      readonly kind: 'form';
      readonly form: FormName;
      readonly value: string | null;
      readonly userId: string;
      readonly post: PostRef;
      readonly rootId: string | null;
      /** Opens the form; good for some seconds. */
      readonly trigger: string;
      readonly answerTo: string | null;
    };

/** A form to be opened for one person. All words are in that person's language. */
export interface Form {
  readonly kind: 'form';
  readonly name: FormName;
  readonly locale: Locale;
  readonly title: string;
  /** On its button. */
  readonly submit: string;
  /** Above the fields; empty: nothing. */
  readonly intro: string;
  readonly fields: readonly FormField[];
  /** Comes back unread with the submission, from the platform's own hands: an inquiry's id. At most 200 characters. */
  readonly context: string;
}

/** `name`: letters, digits and hyphens; the submitted value stands under it, empty where an optional field was left so. */
export type FormField =
  | {
      readonly kind: 'text';
      readonly name: string;
      readonly label: string;
      readonly initial: string;
      readonly multiline: boolean;
      readonly optional: boolean;
      readonly maxChars: number;
    }
  /** No more options than the bot's `maxFormOptions` are shown, the first ones. */
  | {
      readonly kind: 'select';
      readonly name: string;
      readonly label: string;
      readonly options: readonly { readonly value: string; readonly label: string }[];
      readonly initial: string | null;
      readonly optional: boolean;
    };

/** The most common answer: one sentence of the catalogue. */
export const sentence = (key: Notice['key'], params: Notice['params'] = {}): AnswerContent => ({
  kind: 'answer',
  parts: [{ kind: 'notice', notice: { key, params, reasons: [] } }],
  actions: [],
});
