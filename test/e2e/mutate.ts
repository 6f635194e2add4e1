import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/**
 * Loaded before the service (`--import`), and only when `MUTATION` names one of these: a promise is broken in one place of one file, as it is loaded.
 * What tests that promise has to notice; a bug of ours is to harm no more than it touches.
 */
interface Mutation {
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

const mutations: Readonly<Record<string, Mutation>> = {
  /** The platform is told "stored" before anything is. */
  'early-ack': {
    file: 'src/http/hooks.ts',
    text: 'await within(storeDeadlineMs, deps.timers, deps.store(source, received, raw));',
    becomes: "response.once('finish', () => deps.timers.after(500, () => void deps.store(source, received, raw)));",
  },
  /** What may have arrived is sent again without a look. */
  'no-look-up': {
    file: 'src/pipeline/settle.ts',
    text: "return change({ state: 'uncertain', lookups: 0, dueAt: addMs(now, settleMs(gate)) }, tried);",
    becomes: "return change({ state: 'queued', dueAt: now, attemptedAt: null }, tried);",
  },
  /** A bug of ours: nothing can be decided about certain words. */
  'decide-throws': {
    file: 'src/core/decide-marketplace.ts',
    text: 'const linkId = externalLinkId(view.shop._id, message.externalId);',
    becomes:
      "if (JSON.stringify(message).includes('undecidable')) throw new Error(); const linkId = externalLinkId(view.shop._id, message.externalId);",
  },
};

const { MUTATION: name = '' } = process.env;
const mutation = mutations[name];
if (!mutation) throw new Error(`there is no mutation "${name}"`);
const url = new URL(`../../${mutation.file}`, import.meta.url);
const [before, after, ...more] = readFileSync(url, 'utf8').split(mutation.text);
if (before === undefined || after === undefined || more.length > 0) {
  throw new Error(`the mutation "${name}" does not find its text exactly once in ${mutation.file}: write it anew`);
}
const source = `${before}${mutation.becomes}${after}`;

registerHooks({
  load: (asked, context, next) => (asked === url.href ? { format: 'module-typescript', source, shortCircuit: true } : next(asked, context)),
});
