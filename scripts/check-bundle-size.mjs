#!/usr/bin/env node
// @ts-check
/**
 * `npm run check:size`: what a page loads before it can show something, against `scripts/bundle-budget.json`; and that
 * the built pages hold nothing inline, which the content security policy would refuse. Run after a build.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './lib/paths.mjs';

/** @typedef {{ file: string, imports?: string[], css?: string[], assets?: string[] }} ManifestEntry */

const built = join(root, 'out', 'renderer');
const budget = JSON.parse(readFileSync(join(root, 'scripts', 'bundle-budget.json'), 'utf8'));
const manifestFile = join(built, '.vite', 'manifest.json');
if (!existsSync(manifestFile)) {
  console.error('There is no build. Run npm run build first.');
  process.exit(1);
}
/** @type {Record<string, ManifestEntry>} */
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));

let failures = 0;
for (const { name, bytes, max } of measure()) {
  const ok = bytes <= max;
  if (!ok) failures++;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(28)} ${kib(bytes).padStart(10)} of ${kib(max)}`);
}
for (const page of readdirSync(built).filter((name) => name.endsWith('.html'))) {
  const found = inlineCode(readFileSync(join(built, page), 'utf8'));
  if (found.length > 0) failures++;
  console.log(`${found.length > 0 ? 'FAIL' : 'ok  '} ${page} holds ${found.length > 0 ? found.join(', ') : 'no inline script or style'}`);
}
const unstyled = missingStyles();
if (unstyled.length > 0) failures++;
console.log(
  `${unstyled.length > 0 ? 'FAIL' : 'ok  '} every component has its styles${unstyled.map((name) => `\n     add ${name} to design/component-styles.ts`).join('')}`,
);
process.exitCode = failures === 0 ? 0 : 1;

function measure() {
  const files = readdirSync(join(built, 'assets')).map((name) => join('assets', name));
  const fonts = files.filter((file) => /\.woff2?$/.test(file) && isLatin(file));
  const scripts = files.filter((file) => file.endsWith('.js'));
  return [
    ...['firstScreen', 'crash', 'rescue'].map((name) => ({
      name: `${name} (gzip)`,
      bytes: gzipBytes(filesOf(budget[name].entries)),
      max: budget[name].maxGzipBytes,
    })),
    { name: 'fonts, Latin', bytes: fonts.reduce((sum, file) => sum + statSync(join(built, file)).size, 0), max: budget.fonts.maxBytes },
    { name: 'largest chunk (gzip)', bytes: Math.max(...scripts.map((file) => gzipBytes([file]))), max: budget.largestChunk.maxGzipBytes },
  ];
}

/** A font file of another script is fetched only when a page shows such letters. @param {string} file */
function isLatin(file) {
  return !/(cyrillic|greek|vietnamese|-ext)/.test(file);
}

/** Scripts and styles that the entries load before they run. @param {readonly string[]} entries @returns {string[]} */
function filesOf(entries) {
  const found = new Set();
  const visit = (/** @type {string} */ key) => {
    const item = manifest[key];
    if (!item) throw new Error(`The build's manifest has no entry "${key}".`);
    if (found.has(item.file)) return;
    found.add(item.file);
    for (const file of item.css ?? []) found.add(file);
    for (const next of item.imports ?? []) visit(next);
  };
  for (const entry of entries) visit(entry);
  return [...found];
}

/** Style files of the component library whose classes the scripts name and no style sheet of the build defines. */
function missingStyles() {
  const assets = join(built, 'assets');
  const classesIn = (/** @type {string} */ text) => new Set(text.match(/\bm_[0-9a-f]{6,}/g) ?? []);
  const readAll = (/** @type {string} */ extension) =>
    readdirSync(assets)
      .filter((name) => name.endsWith(extension))
      .map((name) => readFileSync(join(assets, name), 'utf8'))
      .join('\n');
  const used = classesIn(readAll('.js'));
  const loaded = classesIn(readAll('.css'));
  const library = join(root, 'node_modules', '@mantine', 'core', 'styles');
  return readdirSync(library)
    .filter((name) => name.endsWith('.css') && !name.endsWith('.layer.css'))
    .filter((name) => [...classesIn(readFileSync(join(library, name), 'utf8'))].some((found) => used.has(found) && !loaded.has(found)));
}

/** @param {readonly string[]} files */
function gzipBytes(files) {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(built, file))).length, 0);
}

/** @param {string} html */
function inlineCode(html) {
  return [
    ...(/<script(?![^>]*\bsrc=)[^>]*>/i.test(html) ? ['an inline script'] : []),
    ...(/<style\b/i.test(html) ? ['an inline style sheet'] : []),
    ...(/\s(style|on\w+)=/i.test(html) ? ['an inline style or handler'] : []),
    ...(/https?:\/\//i.test(html) ? ['an address of another host'] : []),
  ];
}

/** @param {number} bytes */
function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
