import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../datasets/places.js';
import { effectNames, effects } from '../../../src/crossbar/effects/registry.js';

function rowsOf(file: string): string[][] {
  const lines = readFileSync(path.join(projectRoot(), 'docs', file), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

describe('docs', () => {
  it('have every effect in words of the registry', () => {
    const stated = rowsOf('ablation.md').filter(([name]) => effectNames.includes(name!.replaceAll('`', '')));
    expect(stated).toEqual(effects.map(({ name, summary, off }) => [`\`${name}\``, summary, off]));
  });

  it('name in `without` every effect that can be switched off', () => {
    const [, values] = rowsOf('configuration.md').find(([key]) => key === '`without`')!;
    for (const effect of effects) {
      if (!effect.alternatives) expect(values).toContain(`\`${effect.name}\``);
    }
  });
});
