import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { superLinear } from './linear.ts';
import { filesOf, regexSites, root, sitesOf } from './sources.ts';

interface Built {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

/** Put together from what is asked of the store. Only the product asks it, over a socket of its own, and no question of the product holds a pattern. */
const notOurs = 'src/embedded/regex.ts';

const sites = regexSites();
const dynamic = sites.filter(({ literal, file }) => literal === null && file !== notOurs);
const files = [...new Set(dynamic.map(({ file }) => file))];
const built: readonly Built[] = JSON.parse(
  execFileSync(process.execPath, [`${root}test/regexes/built.ts`, root, ...files], { encoding: 'utf8' }),
);

describe('every regular expression of the product', () => {
  it('is found, also those that are put together', () => {
    expect(sites.length).toBeGreaterThan(150);
    const unseen = dynamic.filter(({ file, line }) => !built.some((one) => one.file === file && one.line === line));
    expect(unseen).toEqual([]);
  });

  it('takes time in proportion to the text', () => {
    const literals = sites.flatMap(({ file, line, literal }) => (literal ? [{ file, line, ...literal }] : []));
    const slow = [...literals, ...built].flatMap(({ file, line, source, flags }) => {
      const why = superLinear(source, flags);
      return why ? [`${file}:${line} /${source}/${flags}: ${why}`] : [];
    });
    expect(slow).toEqual([]);
  });

  it('goes into no question to the store', () => {
    const asking = filesOf('src', 'jobs')
      .filter((file) => !file.startsWith('src/embedded/'))
      .filter((file) => /\$regex|\$where/.test(readFileSync(root + file, 'utf8')));
    expect(asking).toEqual([]);
  });
});

describe('the search for them', () => {
  it('sees literals and calls wherever they stand, and no division, text or comment', () => {
    const lines = [
      'const a = /b+/g;',
      '// /no/',
      'const c = 4 / 2 / 1;',
      "const d = new RegExp('e');",
      'f(RegExp(g), `/h/ $' + '{/i/u}`);',
    ];
    const text = lines.join('\n');
    expect(sitesOf('x.ts', text).map(({ line, literal }) => [line, literal && `${literal.source}/${literal.flags}`])).toEqual([
      [1, 'b+/g'],
      [4, null],
      [5, null],
      [5, 'i/u'],
    ]);
  });
});

describe('the proof', () => {
  it.each([
    ['(a+)+$', ''],
    ['(a|a)*b', ''],
    ['(?:a|ab|b)*c', ''],
    ['^(\\w+\\s?)*$', ''],
    ['([a-z]+)*=', 'i'],
    ['\\s+$', ''],
    ['^\\s*(.*?)\\s*$', 's'],
    ['a.*b.*c', ''],
    ['\\d+\\d+x', ''],
    ['x*y*z', ''],
    ['".*"', 'g'],
    ['(?=.*a)b', ''],
    ['^(?:.*,)*x', ''],
    ['[\\p{L}\\w]+@', 'u'],
    ['(?<!a)[ab]+c', ''],
    ['a{2,}b', ''],
    ['[\\w--\\d]+\\d*!', 'v'],
    ['(?:a?){3,}b', ''],
  ])('refuses /%s/%s', (source, flags) => {
    expect(superLinear(source, flags)).toMatch(/loop/);
  });

  it.each([
    ['^\\s+', ''],
    ['\\s+', 'g'],
    ['(?<!\\s)\\s+$', ''],
    ['"[^"]*"', 'g'],
    ['^(?:a|b)*c', ''],
    ['^[a-z]+(?:-[a-z]+)*$', ''],
    ['a{1,30}b', ''],
    ['(?<![\\w.])[\\w.]+@', ''],
    ['<([^<>]+)>', 'g'],
    ['\\s+$', 'y'],
    ['^(?:[^,\\n]*,)*x', ''],
    ['(?=a)b', ''],
    ['[^]*', ''],
  ])('lets /%s/%s pass', (source, flags) => {
    expect(superLinear(source, flags)).toBeNull();
  });

  it.each([
    ['(a)\\1+', ''],
    ['(?<=a+)b', ''],
    ['(?i:a)', ''],
    ['(?<x>a)\\k<x>*', ''],
  ])('says that it does not know /%s/%s', (source, flags) => {
    expect(() => superLinear(`${source}c*d`, flags)).toThrow(/does not know/);
  });
});
