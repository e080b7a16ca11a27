import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/experiment/expression/expression.js';
import type { Value } from '../../../src/experiment/expression/values.js';
import { messageOf } from '../scratch.js';

const row = new Map<string, Value>([
  ['device.cycleToCycle', 0.01],
  ['network.layers[0].units', 36],
  ['device.gMin', '10 nS'],
  ['device.gMax', '1 uS'],
  ['status', 'finished'],
  ["it's", 'a b'],
  ['empty', null],
  ['rate', '2 kHz'],
  ['s.width', 10],
  ['size', 5],
]);
const holds = (text: string) => parseExpression(text, '--where').holds((name) => row.get(name) ?? null);

describe('a condition', () => {
  it.each([
    'device.cycleToCycle < 0.02',
    'device.cycleToCycle = 1e-2 and network.layers[0].units >= 36',
    "status = 'finished' or device.cycleToCycle > 1",
    "not (status = 'failed')",
    "status in ('failed', 'finished')",
    'device.gMin < device.gMax',
    "device.gMax = '1000 nS'",
    'device.gMax = 1000 nS and device.gMin < 20nS',
    'device.gMax in (10 nS, 1 uS)',
    'device.gMax - device.gMin < 1 µS and 2 * device.gMax > 1.9 uS',
    'device.gMax / device.gMin = 100 and device.gMax * 1 V > 1e-7 A',
    'empty is null or 1 min = 60 s',
    '0 degC < 273.2 K',
    '-40 degC < -20 degC and -20 degC > 253 K',
    "status != 1 and status in ('finished', 1)",
    '1e3 = 1000 and -1 uS < device.gMin',
    'device.gMax > 5e-7',
    'device.gMax / device.gMin = 100',
    '-device.cycleToCycle + 0.02 > 0 and 2 * 3 - 1 = 5',
    '"status" <> \'x\'',
    "\"it's\" = 'a b'",
    'empty is null and status is not null',
    'not empty > 1',
    'NOT device.cycleToCycle > 1 AND true = true',
    'rate > 1000 /s and rate < 3 kHz and rate = 2e3/s',
    'rate in (1 /s, 2000 /s) and -1 /s < rate',
    '72 / network.layers[0].units = 2 and 20 / s.width = 2 and 20/size = 4',
  ])('%s', (text) => {
    expect(holds(text)).toBe(true);
  });

  it.each([
    'device.cycleToCycle > 0.02',
    'empty = 0',
    'empty != 0',
    'absent < 1',
    'status > 1',
    'status < 1',
    'status = 1',
    "status < 'a'",
    'status',
    'null',
    'status + 1 > 0',
  ])('that does not hold: %s', (text) => {
    expect(holds(text)).toBe(false);
  });

  it.each([
    ['device.gMin < 1 V', 'a conductance stands against a voltage'],
    ['device.gMax - 1 us > 0', 'a conductance stands against a time'],
    ['device.cycleToCycle < 20 uS', '0.01, a number without a unit, stands against a conductance'],
    ['device.gMax / device.gMin > 1 uS', '100, a number without a unit, stands against a conductance'],
    ['rate > 1000 s', 'a frequency stands against a time'],
    ["'1 V' in (device.gMax)", 'a voltage stands against a conductance'],
  ])('refuses dimensions that do not belong together: %s', (text, message) => {
    expect(messageOf(() => holds(text))).toBe(
      `--where: in ${JSON.stringify(text)} ${message}; give both sides one dimension`,
    );
  });

  it('tells its names', () => {
    expect(parseExpression('a.b < 1 and (c = d or a.b in (1, e))', '').names).toEqual(['a.b', 'c', 'd', 'e']);
  });

  it.each([
    ['a <', '--where: got the end at character 4 of "a <", expected a name, a number or a text in single quotes'],
    ['(a < 1', '--where: got the end at character 7 of "(a < 1", expected ")"'],
    ["a < 1 'b'", '--where: got "\'b\'" at character 7 of "a < 1 \'b\'", expected the end, or "and" or "or"'],
    ['a < 1 uX', '--where: cannot read the unit of "1 uX" in "a < 1 uX"; write for example 20 uS, 5 min or 100 degC'],
    ['a < 1.5 %', '--where: cannot read the unit of "1.5 %" in "a < 1.5 %"; write 0.015'],
    ['a in 1', '--where: got "1" at character 6 of "a in 1", expected "("'],
    ['a is 1', '--where: got "1" at character 6 of "a is 1", expected null'],
    [
      'a ? 1',
      '--where: cannot read "a ? 1" at character 3; write for example device.cycleToCycle < 0.01 and status = \'finished\'',
    ],
  ])('refuses %s', (text, message) => {
    expect(messageOf(() => parseExpression(text, '--where'))).toBe(message);
  });
});
