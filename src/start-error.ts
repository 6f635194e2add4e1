import type { Locale, TextKey, TextParams } from './core/texts/index.ts';
import { text } from './core/texts/index.ts';

/** Why the service refuses to start: one sentence for the person who started it. Its message is the English one. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly key: TextKey;
  readonly params: TextParams;

  constructor(key: TextKey, params: TextParams = {}, cause?: unknown) {
    super(text('en', key, params), { cause });
    this.key = key;
    this.params = params;
  }

  describe(locale: Locale): string {
    return text(locale, this.key, this.params);
  }
}
