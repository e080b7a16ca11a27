import { execFileSync } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { sha256 } from '../../datasets/digest.js';
import { searchFile, searchFileSync } from '../../datasets/search.js';
import { Scratch } from '../experiment/scratch.js';

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
});

it('a pipe in the place of a data file is passed by, with the reason', async () => {
  const content = Buffer.from('digits');
  const file = { name: 'digits.txt', bytes: content.length, sha256: sha256(content) };
  scratch.write('second/digits.txt', content);
  scratch.write('first/other.txt', '');
  execFileSync('mkfifo', [scratch.path('first/digits.txt')]);
  const folders = [scratch.path('first'), scratch.path('second')];
  const expected = {
    place: scratch.path('second/digits.txt'),
    content,
    rejected: [{ place: scratch.path('first/digits.txt'), reason: 'is a pipe, expected a file' }],
  };
  expect(await searchFile(file, folders)).toMatchObject(expected);
  expect(searchFileSync(file, folders)).toMatchObject(expected);
});
