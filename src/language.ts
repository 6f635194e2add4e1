import { languageByScript, type Script } from './core/routing/language.ts';
import { malayOrIndonesian } from './core/routing/malay.ts';

export interface LanguageHint {
  /** What the marketplace says about the buyer; it goes before what their words look like. */
  readonly told: string | undefined;
  /** Of the shop. */
  readonly region: string | null;
}

export interface LanguageDetector {
  /** ISO 639-1; null: it cannot be told. Offline, and of the first few hundred characters. */
  languageOf(text: string, hint: LanguageHint): Promise<string | null>;
}

/** The part of `eld` that is used. */
interface TextDetector {
  detect(text: string): { readonly language: string };
}

/** Those in which buyers of our marketplaces write and whose script others have too. Fewer to choose from: fewer slips in short texts. */
const languages = 'en es pt fr de it nl pl sv da no fi cs sk hu ro hr tr vi ms tl ru uk bg sr ar fa ur hi mr bn'.split(' ');

/**
 * Tells the language of a buyer's words. What the script does not settle is asked of `eld`, whose table takes some thirty megabytes: it is loaded for the
 * first text that needs it, and not at the start.
 */
export function createLanguageDetector({ load = loadEld }: { readonly load?: () => Promise<TextDetector> } = {}): LanguageDetector {
  let detector: Promise<TextDetector> | null = null;

  async function detect(sample: string): Promise<string | null> {
    detector ??= load();
    return (await detector).detect(sample).language || null;
  }

  return {
    async languageOf(text, { told, region }) {
      const language = toldLanguage(told);
      if (language !== null) return language;
      const script: Script = languageByScript(text);
      if (script === null || script.language !== null) return script?.language ?? null;
      const detected = await detect(script.sample);
      return detected === 'ms' ? malayOrIndonesian(script.sample, region) : detected;
    },
  };
}

async function loadEld(): Promise<TextDetector> {
  const { eld } = await import('eld/extrasmall');
  eld.setLanguageSubset(languages);
  return eld;
}

/** `th-TH` -> `th`; null where it says nothing. */
function toldLanguage(tag: string | undefined): string | null {
  const language = /^[a-z]{2,3}(?![a-z])/i.exec(tag ?? '')?.[0].toLowerCase();
  return language === undefined || language === 'und' ? null : (aliases[language] ?? language);
}

/** Codes that platforms use in the place of those of ISO 639-1. */
const aliases: Readonly<Record<string, string>> = { fil: 'tl', in: 'id', iw: 'he', nb: 'no', nn: 'no', cmn: 'zh', yue: 'zh' };
