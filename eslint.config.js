import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

/**
 * The layers of docs/architecture.md, lowest first. A file may import from its own layer and from those below it.
 * `datasets` stands beside `device`: pure readers that know nothing of crossbars.
 */
const layers = [
  ['./src/errors.ts', './src/units.ts', './src/random.ts', './src/statistics'],
  ['./src/device', './datasets'],
  ['./src/crossbar'],
  ['./kernels'],
  ['./src/ops'],
  ['./src/training'],
  ['./src/experiment'],
  ['./src/characterization'],
  ['./src/report'],
  ['./src/cli', './src/index.ts'],
];

const zones = layers.slice(0, -1).flatMap((lower, i) =>
  lower.map((target) => ({
    target,
    from: layers.slice(i + 1).flat(),
    message: 'Imports point one way only: see "Layers" in docs/architecture.md.',
  })),
);

// Nothing but kernels/register.ts knows both a kernel and its backends.
const backendZones = ['./src', './datasets'].map((target) => ({
  target,
  from: ['./kernels/*/reference.ts', './kernels/*/composed.ts', './kernels/*/wasm/**', './kernels/*/webgpu/**'],
  message: 'Only kernels/register.ts imports a backend of a kernel.',
}));

export default tseslint.config(
  {
    ignores: [
      '.cache/',
      'dist/',
      'node_modules/',
      'runs/',
      'calibrations/',
      '**/*.generated.ts',
      'kernels/**/assembly/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: [...zones, ...backendZones] }],
      'import-x/no-cycle': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness is an argument: use a key from src/random.ts.' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);
