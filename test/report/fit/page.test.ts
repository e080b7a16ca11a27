import { expect, it } from 'vitest';
import { typeset } from '../../../src/report/fit/page.js';

it('signs, powers, micro and units stand as printed, and options as typed', () => {
  expect(typeset('-1.37 … -0.2, 432.7 uS of 3 % (-2 uA)')).toBe(
    '\u22121.37 … \u22120.2, 432.7\u00a0µS of 3\u00a0% (\u22122\u00a0µA)',
  );
  expect(typeset('94 standard errors')).toBe('94\u00a0standard\u00a0errors');
  expect(typeset('spreads as n^0.65, --model lookup-table, ramp-1.csv <b>')).toBe(
    'spreads as n<sup>0.65</sup>, --model lookup-table, ramp-1.csv &lt;b&gt;',
  );
});
