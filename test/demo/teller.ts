import { styleText } from 'node:util';
import type { DemoText, Say } from './texts.ts';

type Label = Extract<DemoText, `label.${string}`> extends `label.${infer Name}` ? Name : never;

/** Prints one line of the story: when, what kind of thing, and what. */
export type Teller = (label: Label, sentence: string) => void;

const colours: Readonly<Record<Label, Parameters<typeof styleText>[0]>> = {
  service: 'dim',
  inquiry: 'cyan',
  thread: 'blue',
  reply: 'magenta',
  note: 'dim',
  receipt: 'green',
  held: 'yellow',
  failed: 'red',
  kill: ['bold', 'red'],
};

/** Chinese labels are two signs, English ones up to seven. */
export function createTeller(print: (line: string) => void, say: Say, seconds: () => string): Teller {
  return (label, sentence) =>
    print(`${seconds().padStart(5)} s  ${styleText(colours[label], say(`label.${label}`).padEnd(7))}  ${sentence}`);
}
