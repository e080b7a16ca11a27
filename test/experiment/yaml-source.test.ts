import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/experiment/loader.js';
import { messageOf, Scratch } from './scratch.js';

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
});

/** What is told of a device file of this text, without its folder. */
const told = (text: string, name = 'd.yaml'): string => {
  const file = scratch.write(name, text);
  return messageOf(() => loadDevice(file)).replaceAll(file, name);
};

describe('a file that is no device', () => {
  it.each([
    ['a picture', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a], 'a PNG picture'],
    ['a workbook', [0x50, 0x4b, 0x03, 0x04, 0x14, 0x00], 'a zip archive or a workbook'],
    ['bytes', [0x6d, 0x00, 0x6f, 0x01], 'a binary file'],
  ])('is told as what it is: %s', (_, bytes, kind) => {
    const file = scratch.path('bytes.yaml');
    writeFileSync(file, Uint8Array.from(bytes));
    expect(messageOf(() => loadDevice(file))).toBe(`${file}:1:1: got ${kind}, expected text (YAML); name another file`);
  });

  it('is text in another encoding where it begins as UTF-16 does', () => {
    const file = scratch.path('wide.yaml');
    writeFileSync(file, Buffer.from('\ufeffmodel: linear\n', 'utf16le'));
    expect(messageOf(() => loadDevice(file))).toBe(`${file}:1:1: is not text in UTF-8; save it as UTF-8`);
  });

  it('is fitted or imported first where its name says what it is', () => {
    expect(told('a,b\n1,2\n', 'set.csv')).toBe(
      'set.csv:1:1: got "a,b 1,2", expected a mapping of keys to values; fit it first: mho fit',
    );
    expect(told('maxConductance = 3.8e-8;\n'.repeat(9), 'Cell.cpp')).toMatch(
      /^Cell\.cpp:1:1: got "maxConductance = .{60,70}…", expected .*; import it first: mho device import$/,
    );
  });
});

describe('a mistake of syntax', () => {
  it.each([
    [
      'a line that stands too far in',
      'model: linear\n  gMin: 1 nS\n',
      'd.yaml:1:8: is not valid YAML: got "model: linear", expected `key: value` in line with the keys beside it; check how ' +
        'far the line and those above it are indented, and quote a text that holds ": "',
    ],
    [
      'a tab',
      '\tmodel: linear\n',
      'd.yaml:1:1: is not valid YAML: got "model: linear", which begins with a tab, expected blanks; indent with blanks',
    ],
    [
      'a quote that is not closed',
      'model: "linear\n',
      'd.yaml:2:1: is not valid YAML: expected ", which closes the " above; close it with "',
    ],
    [
      'a mapping and a list that are not closed',
      '{"model": "linear", "states": [1, 2\n',
      'd.yaml:2:1: is not valid YAML: expected ], which closes the [ above; close it with ]',
    ],
    [
      'a second document',
      'model: linear\n---\nmodel: power\n',
      'd.yaml:2:1: is not valid YAML: got "---", the beginning of another document, expected one; take out what follows ---',
    ],
  ])('is told once, by its line, with what to do: %s', (_, text, message) => {
    expect(told(text)).toBe(message);
  });
});

it.each([
  ['1,5 uS', 'got "1,5 uS", which has a decimal comma, expected a number with a unit of conductance; write 1.5 uS'],
  ['1,5uS', 'got "1,5uS", which has a decimal comma, expected a number with a unit of conductance; write 1.5uS'],
])('a decimal comma is told with the number that is meant: %s', (gMax, message) => {
  expect(told(`model: linear\ngMin: 1 nS\ngMax: ${gMax}\nstates: 30\n`)).toBe(`d.yaml:3:7: gMax: ${message}`);
  expect(told('model: linear\ngMin: 1 nS\ngMax: 2 nS\nstates: 30\ncycleToCycle: 0,01\n')).toBe(
    'd.yaml:5:15: cycleToCycle: got "0,01", expected a number from 0 to 1; write 0.01',
  );
});
