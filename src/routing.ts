import type { ConnectorLog } from './core/connector.ts';
import { practiceMarketplace } from './core/practice/marks.ts';
import type { Evaluation } from './core/routing/evaluate.ts';
import { evaluate } from './core/routing/evaluate.ts';
import type { RoutingFacts } from './core/routing/facts.ts';
import type { ChannelRef, Settings } from './core/settings.ts';
import { createLanguageDetector, type LanguageDetector, type LanguageHint } from './language.ts';
import { findsPattern } from './patterns.ts';

/** The rules of the settings, with what the core has not: a detector of languages, and a search that nothing can hold up. */
export interface Routing {
  /** ISO 639-1; null: it cannot be told. Never rejects: a language that is not known costs a rule, not a message. */
  languageOf(text: string, hint: LanguageHint): Promise<string | null>;
  evaluate(facts: RoutingFacts): Evaluation;
}

interface RoutingDeps {
  readonly settings: () => Settings;
  readonly log: ConnectorLog;
  readonly detector?: LanguageDetector;
}

export function createRouting({ settings, log, detector = createLanguageDetector() }: RoutingDeps): Routing {
  return {
    async languageOf(text, hint) {
      try {
        return await detector.languageOf(text, hint);
      } catch (err) {
        log.warn({ err }, 'the language of a text could not be looked for');
        return null;
      }
    },
    evaluate(facts) {
      if (facts.shop.practice) return toPractice(facts.shop.practice.channel);
      const { routes, categories } = settings();
      const own = categories.filter(({ products }) => products.some((id) => facts.products.includes(id))).map(({ name }) => name);
      return evaluate(routes, { ...facts, categories: [...facts.categories, ...own] }, findsPattern);
    },
  };
}

/** Practice stands above all rules: it goes to its channel, to nobody in particular. */
const toPractice = (channel: ChannelRef): Evaluation => ({
  match: {
    ...{ index: 0, name: practiceMarketplace, why: [] },
    outcome: {
      ...{ channel, group: null, assign: null, priority: 'normal', tags: [], slaPolicies: null },
      ...{ autoReply: null, suggest: null, notifySupervisor: false },
    },
  },
  passed: [],
});
