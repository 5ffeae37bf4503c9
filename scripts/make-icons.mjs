#!/usr/bin/env node
// @ts-check
/**
 * `npm run icons`: draws `resources/icon.svg` in every size and form that the packages need. The results are committed:
 * run it after changing the drawing. It needs a Chromium (CHROMIUM, by default Debian's).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { root } from './lib/paths.mjs';

const resources = join(root, 'resources');
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Apple's type of a PNG of each size; the second of a size is its double-density name. */
const appleTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

const pictures = await draw(readFileSync(join(resources, 'icon.svg'), 'utf8'));
mkdirSync(join(resources, 'icons'), { recursive: true });
for (const [size, png] of pictures) if (size <= 512) writeFileSync(join(resources, 'icons', `${size}x${size}.png`), png);
writeFileSync(join(resources, 'icon.ico'), windowsIcon([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(join(resources, 'icon.icns'), appleIcon());

/**
 * @param {string} svg
 * @returns {Promise<Map<number, Buffer>>}
 */
async function draw(svg) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    /** @type {Map<number, Buffer>} */
    const drawn = new Map();
    for (const size of sizes) {
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
      drawn.set(size, await page.screenshot({ omitBackground: true }));
    }
    return drawn;
  } finally {
    await browser.close();
  }
}

/** @param {number} size */
function picture(size) {
  const png = pictures.get(size);
  if (!png) throw new Error(`No picture of ${size} px was drawn.`);
  return png;
}

/** An .ico: a table of entries, then the PNG files. @param {readonly number[]} wanted */
function windowsIcon(wanted) {
  const headerBytes = 6;
  const entryBytes = 16;
  const header = Buffer.alloc(headerBytes + wanted.length * entryBytes);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(wanted.length, 4);
  let offset = header.length;
  wanted.forEach((size, index) => {
    const at = headerBytes + index * entryBytes;
    // 0 stands for 256.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(picture(size).length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += picture(size).length;
  });
  return Buffer.concat([header, ...wanted.map(picture)]);
}

/** An .icns: blocks of a type, a length and a PNG file. */
function appleIcon() {
  const blocks = appleTypes.map(([type, size]) => block(String(type), picture(Number(size))));
  return block('icns', Buffer.concat(blocks));
}

/**
 * @param {string} type
 * @param {Buffer} content
 */
function block(type, content) {
  const header = Buffer.alloc(8);
  header.write(type, 'latin1');
  header.writeUInt32BE(content.length + header.length, 4);
  return Buffer.concat([header, content]);
}
