// @ts-check
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. Every script works from here, whatever the current folder is. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * True when `module` is the script that was started, and not one that another imports.
 *
 * @param {ImportMeta} module
 */
export function isMain(module) {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(module.url);
}
