// Measures the tables of docs/ablation.md anew: runs the command above each and puts what it writes in the table's place.
//   node scripts/ablation-tables.mjs               all of them
//   node scripts/ablation-tables.mjs ws2-mnist     those of the experiments named
// A table counts for the commit that it names, so measure on a clean working tree.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const document = path.join(root, 'docs/ablation.md');
const named = process.argv.slice(2);

/** A section's command, and the table between its marks. */
const block =
  /```sh\nnpx mho (ablate configs\/experiments\/([\w-]+)\.yaml[^\n]*)\n```\n\n<!-- table -->\n[\s\S]*?<!-- end of table -->/g;

function measure(command) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mho-tables-'));
  const table = path.join(folder, 'table.md');
  const args = [path.join(root, 'bin/mho.js'), ...command.split(' '), '--markdown', table];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const text = readFileSync(table, 'utf8').trim();
  rmSync(folder, { recursive: true });
  return text;
}

const found = [...readFileSync(document, 'utf8').matchAll(block)].filter(
  ([, , name]) => named.length === 0 || named.includes(name),
);
if (found.length === 0) {
  console.error(`ablation-tables: ${document} has no table of ${named.join(', ')}`);
  process.exit(2);
}
// Written once all are measured: a document that has changed is a working tree that differs from its commit.
const measured = found.map(([whole, command]) => [whole, measure(command)]);
const filled = measured.reduce(
  (text, [whole, table]) => {
    const renewed = whole.replace(/(<!-- table -->\n)[\s\S]*(<!-- end of table -->)/, (_, start, end) => {
      return `${start}\n${table}\n\n${end}`;
    });
    return text.replace(whole, () => renewed);
  },
  readFileSync(document, 'utf8'),
);
writeFileSync(document, filled);
const prettier = path.join(root, 'node_modules/prettier/bin/prettier.cjs');
spawnSync(process.execPath, [prettier, '--write', document], { cwd: root, stdio: 'inherit' });
