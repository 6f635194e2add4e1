import { keepCompiled } from '../src/compile-cache.mjs';

// As `src/main.mjs` does.
keepCompiled(process.env);
await import('./service.ts');
