import { ConfigError } from './config/problem.ts';
import { nearestLocale } from './core/texts/index.ts';
import { start } from './start.ts';
import { StartError } from './start-error.ts';

// Exit codes: 1 it could not start, 2 the configuration is wrong.
try {
  if (process.argv.length > 2) throw new StartError('start.arguments');
  await start(process.env);
} catch (error) {
  const locale = nearestLocale(process.env['LC_ALL'] ?? process.env['LANG']);
  const isTold = error instanceof ConfigError || error instanceof StartError;
  const told = isTold ? error.describe(locale) : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${told}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
