import { catalogue } from './catalogue.ts';

/** What connectors say of a platform's own findings and refusals. */
export const platforms = catalogue({
  'platform.token-ok': ['The access token works.', '访问令牌有效。'],
});
