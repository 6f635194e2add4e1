import type { MarketplaceAdapter } from '../adapters/adapter.ts';
import { marketplaces as marketplaceDefinitions } from '../adapters/index.ts';
import { practice } from '../adapters/practice/index.ts';
import type { ChatBot } from '../bots/bot.ts';
import { bots as botDefinitions } from '../bots/index.ts';
import type { Config } from './config.ts';
import type { ConnectorDeps } from './core/connector.ts';

export interface Connectors {
  readonly marketplaces: ReadonlyMap<string, MarketplaceAdapter>;
  /** Those that people out there use: all but practice. */
  readonly outside: ReadonlyMap<string, MarketplaceAdapter>;
  /** By `slack/default`. */
  readonly bots: ReadonlyMap<string, ChatBot>;
}

/** Those that the environment switches on. */
export async function createConnectors(config: Pick<Config, 'marketplaces' | 'bots'>, deps: ConnectorDeps): Promise<Connectors> {
  const outside = new Map<string, MarketplaceAdapter>();
  for (const definition of marketplaceDefinitions) {
    const settings = config.marketplaces.get(definition.name);
    if (settings !== undefined) outside.set(definition.name, definition.create(settings, deps));
  }
  // Side by side: some ask their platform who they are, and one that does not answer takes its time.
  const bots = await Promise.all(
    [...config.bots].map(async ([name, settings]): Promise<[string, ChatBot]> => [name, await createBot(name, settings, deps)]),
  );
  return { marketplaces: new Map(outside).set(practice.name, practice.create({}, deps)), outside, bots: new Map(bots) };
}

/** @param name `slack/default`, as in `Config.bots` */
export function createBot(name: string, settings: unknown, deps: ConnectorDeps): Promise<ChatBot> {
  const definition = botDefinitions.find((one) => name.startsWith(`${one.name}/`));
  if (!definition) throw new Error(`there is no chat platform of ${name}`);
  return definition.create(settings, deps);
}
