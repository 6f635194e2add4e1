import { describe, expect, it } from 'vitest';
import { opsChannel, opsChannels } from '../../src/core/ops.ts';

const channel = (platform: string) => ({ platform, connection: 'default', id: 'OPS' });
const [one, two, three] = [channel('one'), channel('two'), channel('three')];
const of = (...all: readonly (typeof one)[]) => ({ ops: all[0] ?? null, opsElsewhere: all.slice(1) });

describe('where trouble is told', () => {
  it.each([
    ['nowhere, where the file names no channel', of(), [], null, null],
    ['in the first', of(one, two), [one, two], null, one],
    ['in the first that takes posts', of(one, two, three), [two, three], null, two],
    ['in the first, where none does', of(one, two), [], null, one],
    ['by another bot, of a bot', of(one, two), [one, two], 'one/default', two],
    ['by the first other one that takes posts, of a bot', of(one, two, three), [one, three], 'one/default', three],
    ['by another bot that takes none yet, of a bot', of(one, two), [one], 'one/default', two],
    ['by itself, where there is no other', of(one), [one], 'one/default', one],
    ['in the first, of a bot that is none of them', of(one, two), [one, two], 'three/default', one],
  ] as const)('%s', (_, settings, working, about, expected) => {
    expect(opsChannel(settings, (ref) => working.some((works) => works === ref), about)).toEqual(expected);
  });
  it('counts every channel that the file names', () => {
    expect([opsChannels(of()), opsChannels(of(one)), opsChannels(of(one, two))]).toEqual([[], [one], [one, two]]);
  });
});
