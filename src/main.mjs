import { keepCompiled } from './compile-cache.mjs';

// The service. Its source is imported afterwards, so that it comes out of the cache.
keepCompiled(process.env);
await import('./run.ts');
