import { expect, it } from 'vitest';
import { shownBuyerName } from '../../src/core/mask.ts';

it.each([
  ['Somchai', 'S***'],
  ['张小三', '张***'],
  ['  นก', 'น***'],
  ['👩‍👩‍👧 family', '👩‍👩‍👧***'],
  ['', '***'],
  ['‮evil', 'e***'],
])('shows of %j one character alone', (buyerName, shown) => {
  expect(shownBuyerName({ buyerName, masksBuyer: true })).toBe(shown);
  expect(shownBuyerName({ buyerName })).toBe(buyerName);
});

it('masks no name that there is not', () => {
  expect(shownBuyerName({ buyerName: null, masksBuyer: true })).toBeNull();
});
