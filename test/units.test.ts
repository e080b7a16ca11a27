import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../src/errors.js';
import { formatQuantity, parseQuantity, siUnit, type Dimension } from '../src/units.js';
import { messageOf } from './experiment/scratch.js';

describe('quantities', () => {
  it.each<[string, Dimension, number]>([
    ['50 uS', 'conductance', 50e-6],
    ['50 µS', 'conductance', 50e-6],
    ['50 μS', 'conductance', 50e-6],
    ['0.2nS', 'conductance', 0.2e-9],
    ['1 mho', 'conductance', 1],
    ['20 kohm', 'resistance', 20e3],
    ['1 MΩ', 'resistance', 1e6],
    ['-5.5 V', 'voltage', -5.5],
    ['+.5e-1 V', 'voltage', 0.05],
    ['1 uA', 'current', 1e-6],
    ['1 ms', 'time', 1e-3],
    ['2 min', 'time', 120],
    ['1.5 h', 'time', 5400],
    ['1 d', 'time', 86_400],
    ['1e12 Hz', 'frequency', 1e12],
    ['1.05e-5 /s', 'frequency', 1.05e-5],
    ['2 GHz', 'frequency', 2e9],
    ['100 degC', 'temperature', 373.15],
    ['-40 °C', 'temperature', 233.15],
    ['300 K', 'temperature', 300],
    ['1.2 eV', 'energy', 1.2 * 1.602176634e-19],
    ['25 meV', 'energy', 25 * 1.602176634e-22],
    ['3 fJ', 'energy', 3e-15],
  ])('%s is a %s of %s', (text, dimension, expected) => {
    expect(Math.abs(parseQuantity(text, dimension) / expected - 1)).toBeLessThan(1e-14);
  });

  it.each<[string, Dimension, string]>([
    ['50', 'conductance', 'got "50", expected a number with a unit of conductance; write for example 50 uS'],
    ['', 'time', 'got "", expected a number with a unit of time; write for example 50 us'],
    ['5 uV', 'conductance', 'got the unit "uV", expected a unit of conductance; write for example 50 uS'],
    ['5 xS', 'conductance', 'got the unit "xS", expected a unit of conductance; write for example 50 uS'],
    ['5 us', 'conductance', 'got the unit "us", expected a unit of conductance; write for example 50 uS'],
    ['5 mmho', 'conductance', 'got the unit "mmho", expected a unit of conductance; write for example 50 uS'],
    ['1 constructor', 'time', 'got the unit "constructor", expected a unit of time; write for example 50 us'],
    ['1 toStringS', 'conductance', 'got the unit "toStringS", expected a unit of conductance; write for example 50 uS'],
    ['1e999 S', 'conductance', 'got "1e999 S", which is beyond any double'],
    ['1 2 V', 'voltage', 'got "1 2 V", expected a number with a unit of voltage; write for example 0.2 V'],
  ])('%j is no %s', (text, dimension, message) => {
    const told = messageOf(() => parseQuantity(text, dimension));
    expect(told.replace(/; units: .*/, '')).toBe(`quantity: ${message}`);
    expect(() => parseQuantity(text, dimension)).toThrow(UsageError);
  });

  it('tells a resistance as the conductance that is asked for, and the units that there are', () => {
    expect(messageOf(() => parseQuantity('26 MOhm', 'conductance'))).toMatch(/; 26 MOhm is 38\.46 nS$/);
    expect(messageOf(() => parseQuantity('5', 'time'))).toMatch(/units: s with or without a prefix .*, min, h, d$/);
  });

  it('are written with the prefix that leaves 1 to 1000', () => {
    expect(formatQuantity(1.5e-6, 'conductance')).toBe('1.5 uS');
    expect(formatQuantity(9.99999e-7, 'conductance')).toBe('1 uS');
    expect(formatQuantity(999, 'resistance')).toBe('999 ohm');
    expect(formatQuantity(1e6, 'resistance')).toBe('1 Mohm');
    expect(formatQuantity(-0.05, 'voltage')).toBe('-50 mV');
    expect(formatQuantity(0, 'current')).toBe('0 A');
    expect(formatQuantity(373.15, 'temperature')).toBe('373.15 K');
    expect(formatQuantity(1e-18, 'energy')).toBe('0.001 fJ');
  });

  it('are read back as written, to four digits', () => {
    const value = fc.double({ min: 1e-14, max: 1e11, noNaN: true });
    const dimension = fc.constantFrom<Dimension[]>('conductance', 'resistance', 'voltage', 'current', 'time', 'energy');
    fc.assert(
      fc.property(value, dimension, (v, of) => {
        expect(Math.abs(parseQuantity(formatQuantity(v, of), of) / v - 1)).toBeLessThan(5.1e-4);
      }),
    );
  });

  it('have SI units inside', () => {
    expect((['conductance', 'resistance', 'temperature'] as const).map(siUnit)).toEqual(['S', 'ohm', 'K']);
  });
});
