import type { Template } from './template.ts';

/** For whom a variant is looked for. */
export interface Wanted {
  readonly marketplace: string;
  /** The best first; null stands for variants of any language. Unknown languages are left out. */
  readonly languages: readonly (string | null)[];
}

/**
 * The languages in which a buyer may be answered: the buyer's own, as it was written or as the marketplace tells; then what is for any language; at last the
 * shop's, which is the agents' and only a guess at the buyer's.
 */
export function wantedLanguages(known: {
  readonly written: string | null;
  readonly profile: string | null;
  readonly shop: string;
}): readonly (string | null)[] {
  const { written, profile, shop } = known;
  return [...[written, profile].filter((language) => language !== null), null, shop];
}

/** The best of a template's variants: by marketplace, then by language. Null: none of them is for this buyer. Pure; the order of `variants` does not matter. */
export function chooseTemplate<Variant extends Template>(variants: readonly Variant[], wanted: Wanted): Variant | null {
  const fitting = variants.flatMap((variant) => {
    const language = languageRank(variant.language, wanted.languages);
    if (language === null || (variant.marketplace !== null && variant.marketplace !== wanted.marketplace)) return [];
    return [{ variant, rank: [variant.marketplace === null ? 1 : 0, language] as const }];
  });
  fitting.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || compare(a.variant.language ?? '', b.variant.language ?? ''));
  return fitting[0]?.variant ?? null;
}

/** For each language that is wanted: the very same, then the plain one (`zh` for `zh-TW`), then that of another region. Null: it is not wanted. */
function languageRank(language: string | null, wanted: readonly (string | null)[]): number | null {
  const ranks = wanted.flatMap((one, index) => {
    if (one === language) return [index * 3];
    if (one === null || language === null || baseOf(one) !== baseOf(language)) return [];
    return [index * 3 + (language === baseOf(language) ? 1 : 2)];
  });
  return ranks.length > 0 ? Math.min(...ranks) : null;
}

const baseOf = (tag: string): string => tag.split('-')[0] ?? tag;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
