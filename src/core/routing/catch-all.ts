import type { Route } from '../settings.ts';
import { asList } from '../settings.ts';
import type { RoutingFacts } from './facts.ts';

/** True where some rule takes whatever comes for a shop: one that asks for nothing but the shop and its marketplace. Pure. */
export function takesEverything(routes: readonly Route[], { marketplace, externalId, _id }: RoutingFacts['shop']): boolean {
  return routes.some(({ when }) => {
    const { marketplace: marketplaces, shop: shops, ...others } = when;
    if (Object.keys(others).length > 0) return false;
    return (
      (marketplaces === undefined || asList(marketplaces).includes(marketplace)) &&
      (shops === undefined || asList(shops).some((id) => id === externalId || id === _id))
    );
  });
}
