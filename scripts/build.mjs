#!/usr/bin/env node
// @ts-check
/** `npm run build`: builds main process, preload and pages into `out`. */
import { build } from './lib/build.mjs';

process.exitCode = await build(process.argv.slice(2));
