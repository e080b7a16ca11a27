import { describe, expect, it } from 'vitest';
import { barLine, formatCount, formatDuration, formatPercent, formatTime } from '../../src/cli/progress.js';

describe('the bar', () => {
  const shown = { epoch: '12/40', rate: '61,200', accuracy: '94.05 %', left: '1:02:03' };
  const figures = '61,200 samples/s, accuracy 94.05 %, 1:02:03 left';

  it.each([
    [120, `epoch 12/40 |${'█'.repeat(15)}${'░'.repeat(15)}| ${figures}`],
    [80, `epoch 12/40 |${'█'.repeat(8)}${'░'.repeat(8)}| ${figures}`],
    [64, `epoch 12/40 ${figures}`],
    [20, 'epoch 12/40 61,200 '],
  ])('at %d columns shrinks before its figures do', (columns, line) => {
    expect(barLine(shown, 0.5, columns)).toBe(line);
  });
});

describe('numbers for people', () => {
  it.each([
    [0.94054, '94.05 %'],
    [1, '100.00 %'],
    [0, '0.00 %'],
  ])('accuracy %d is %s', (fraction, text) => {
    expect(formatPercent(fraction)).toBe(text);
  });

  it.each([
    [61_234, '61,200'],
    [1_234_567, '1,230,000'],
    [0.5, '0.5'],
  ])('a rate of %d is %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });

  it.each([
    [0.4, '0:00'],
    [59.6, '1:00'],
    [123, '2:03'],
    [3599.7, '1:00:00'],
    [3723, '1:02:03'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatTime(seconds)).toBe(text);
  });

  it.each([
    [0.2481, '0.25 s'],
    [9.94, '9.9 s'],
    [9.96, '0:10'],
    [123, '2:03'],
  ])('that %d seconds went by is told as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
