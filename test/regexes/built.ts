import { join } from 'node:path';

/**
 * A program of its own: imports the modules that it is given, and prints every regular expression that they put together meanwhile, with its place. Node
 * takes the types away without moving anything, so a line of the stack is a line of the source.
 */
const [root = '', ...files] = process.argv.slice(2);
const built: { readonly file: string; readonly line: number; readonly source: string; readonly flags: string }[] = [];

globalThis.RegExp = new Proxy(RegExp, {
  construct(target, parameters, newTarget) {
    const made: RegExp = Reflect.construct(target, parameters, newTarget);
    const [, place = '', line = ''] =
      /(?:\(|at )(?:file:\/\/)?([^()\s]+):(\d+):\d+\)?$/.exec(new Error().stack?.split('\n')[2] ?? '') ?? [];
    note(made, place, line);
    return made;
  },
});

function note({ source, flags }: RegExp, place: string, line: string): void {
  const file = files.find((one) => place.endsWith(join('/', one)));
  if (file) built.push({ file, line: Number(line), source, flags });
}

for (const file of files) await import(join(root, file));
process.stdout.write(JSON.stringify(built));
