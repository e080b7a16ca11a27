#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/src/cli/main.js', import.meta.url);
if (!existsSync(entry)) {
  console.error(
    'mho: dist/ is missing, so nothing was compiled yet; run `npm ci` (or `npm run build`) in the project folder',
  );
  process.exit(1);
}
await import(entry.href);
