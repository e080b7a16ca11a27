import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Scratch } from '../experiment/scratch.js';
import { CompiledCommand } from './compiled.js';

/** The command as it is compiled, for the tests of a file. */
export let mho: CompiledCommand;

/** An empty folder for each test. */
export let scratch: Scratch;

/** Makes both, and takes them away afterwards. */
export function useCommand(): void {
  beforeAll(() => {
    mho = new CompiledCommand();
  });
  afterAll(() => {
    mho.remove();
  });
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => {
    scratch.remove();
  });
}
