import { readFileSync } from 'fs';
import { join } from 'path';

import { isSameIssuer } from '../issuers';

// The same table as the Python side's.
const table = JSON.parse(
  readFileSync(
    join(__dirname, '../../../tests/core/same_issuers.json'),
    'utf-8'
  )
) as { same: string[][]; different: string[][]; none: string[] };

it.each(table.same)('%s is the issuer %s', (one, other) => {
  expect(isSameIssuer(one, other)).toBe(true);
  expect(isSameIssuer(other, one)).toBe(true);
});

it.each(table.different)('%s is not the issuer %s', (one, other) => {
  expect(isSameIssuer(one, other)).toBe(false);
  expect(isSameIssuer(other, one)).toBe(false);
});

it.each(table.none.map(text => [text]))('%j is no issuer', text => {
  for (const [one, other] of table.same) {
    expect(isSameIssuer(text, one)).toBe(false);
    expect(isSameIssuer(other, text)).toBe(false);
  }
});

it('nothing is the same as nothing only', () => {
  expect(isSameIssuer(null, null)).toBe(true);
  expect(isSameIssuer(null, table.same[0][0])).toBe(false);
});
