import { catalogue } from './catalogue.ts';

/** What is said about configuration, keys and the store at start. */
export const config = catalogue({
  'config.invalid': ['The configuration has {count} problem(s):', '配置中有 {count} 处问题：'],
});
