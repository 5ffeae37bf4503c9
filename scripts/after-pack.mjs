// @ts-check
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes Electron's default application out of the package: with a runtime from a folder it would stay in.
 *
 * @param {import('electron-builder').AfterPackContext} context
 */
export default async function afterPack(context) {
  rmSync(join(context.packager.getResourcesDir(context.appOutDir), 'default_app.asar'), { force: true });
}
