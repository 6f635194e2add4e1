import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestName } from '../../src/core/nearest.ts';

const verbs = ['claim', 'resolve', 'reopen', 'template', 'tag', 'untag', 'undo', 'help'];

describe('suggestName', () => {
  it.each([
    ['clam', 'claim'],
    ['cliam', 'claim'],
    ['Resolv', 'resolve'],
    ['reslove', 'resolve'],
    ['ｕｎｄｏ', 'undo'],
    ['unod', 'undo'],
    ['temp', 'template'],
    ['tga', 'tag'],
    ['shiped', null],
    ['x', null],
    ['', null],
    ['claim'.repeat(1_000), null],
  ])('%s -> %s', (given, meant) => {
    expect(suggestName(given, verbs)).toBe(meant);
  });

  it('takes the nearest, and of equals the first', () => {
    expect(suggestName('taag', ['untag', 'tag'])).toBe('tag');
    expect(suggestName('ab', ['ax', 'ay'])).toBe('ax');
    expect(suggestName('anything', [])).toBeNull();
  });

  it('finds every name after one slip, where no other name is as near', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('resolve', 'template', 'reopen'),
        fc.nat(),
        fc.constantFrom('drop', 'double', 'swap'),
        (name, place, slip) => {
          const at = place % (name.length - 1);
          const [head, first = '', second = '', tail] = [name.slice(0, at), name[at], name[at + 1], name.slice(at + 2)];
          const typed =
            slip === 'drop'
              ? head + second + tail
              : slip === 'double'
                ? head + first + first + second + tail
                : head + second + first + tail;
          expect(suggestName(typed, verbs)).toBe(name);
        },
      ),
    );
  });
});
