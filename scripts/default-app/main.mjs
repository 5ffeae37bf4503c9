/**
 * The stand-in for `default_app.asar`, which the fallback runtime lacks: `electron <folder>` runs the application in
 * that folder, as with the official build. It runs inside Electron only.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

Object.defineProperty(process, 'defaultApp', { enumerable: true, value: true });

/** The first argument that is not an option, after running what `--require` names (Playwright needs that). */
function findTarget(argv) {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i];
    if (argument === '-r' || argument === '--require') {
      i += 1;
      createRequire(import.meta.url)(resolve(argv[i]));
    } else if (argument === '--version' || argument === '-v') {
      console.log(`v${process.versions.electron}`);
      process.exit(0);
    } else if (!argument.startsWith('-')) {
      return resolve(argument);
    }
  }
  return undefined;
}

const target = findTarget(process.argv.slice(1));
if (!target) {
  console.error('usage: electron [options] <application folder>');
  process.exit(2);
}
const packageFile = join(target, 'package.json');
if (existsSync(packageFile)) {
  const manifest = JSON.parse(readFileSync(packageFile, 'utf8'));
  if (manifest.version) app.setVersion(manifest.version);
  app.name = manifest.productName ?? manifest.name ?? 'Electron';
  app.setDesktopName(manifest.desktopName ?? `${app.name}.desktop`);
}
const entry = Module._resolveFilename(target, null, true);
app.setAppPath(existsSync(packageFile) ? target : dirname(entry));
await import(pathToFileURL(entry).href);
