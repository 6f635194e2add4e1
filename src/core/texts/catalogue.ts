/** Both languages of one area, so that a key without a translation does not compile. */
export function catalogue<Key extends string>(
  texts: Readonly<Record<Key, readonly [en: string, zhCN: string]>>,
): {
  readonly en: Readonly<Record<Key, string>>;
  readonly 'zh-CN': Readonly<Record<Key, string>>;
} {
  const pick = (index: 0 | 1) =>
    Object.fromEntries(Object.entries<readonly [string, string]>(texts).map(([key, pair]) => [key, pair[index]]));
  return { en: pick(0) as Record<Key, string>, 'zh-CN': pick(1) as Record<Key, string> };
}
