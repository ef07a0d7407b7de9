// Loads what the compiler has written: modules, which the builder wants called .js.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';

export async function load(name) {
  const folder = mkdtempSync(join(tmpdir(), 'gosched-panel-'));
  after(() => rmSync(folder, { recursive: true }));
  const module = join(folder, name + '.mjs');
  writeFileSync(module, readFileSync(new URL(`../lib/${name}.js`, import.meta.url)));
  return import(pathToFileURL(module));
}
