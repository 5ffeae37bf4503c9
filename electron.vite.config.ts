import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { noncePlaceholder } from './src/main/node/http/content-security-policy.ts';

const source = (path: string) => resolve(import.meta.dirname, 'src', path);

/** Every worker thread is an entry of its own: `out/main/<name>.js`, where the code that starts it looks. */
const workers = Object.fromEntries(
  readdirSync(source('main/node'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('-worker.ts'))
    .map((file) => [basename(file, '.ts'), source(`main/node/${file}`)]),
);

/** The oldest runtime that the built node must run on: Node 20.18 in Electron 33, which the tests use. */
const nodeTarget = 'node20.18';
const devServerHost = '127.0.0.1';
/** Chosen by `npm run dev`. The page cannot find it out, since its own address is app://ui. */
const devServerPort = Number(process.env.SIGNALBOX_DEV_PORT ?? 5173);

export default defineConfig(({ command }) => ({
  main: {
    build: {
      target: nodeTarget,
      sourcemap: true,
      rollupOptions: { input: { index: source('main/index.ts'), cli: source('main/cli/index.ts'), ...workers } },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      // A sandboxed preload must be one CommonJS file.
      rollupOptions: { input: { index: source('preload/index.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: source('renderer'),
    plugins: [react()],
    // The window loads from app://ui in development too; the shell passes its requests on to this server.
    server: {
      host: devServerHost,
      port: devServerPort,
      strictPort: true,
      hmr: { protocol: 'ws', host: devServerHost, clientPort: devServerPort },
    },
    // The refresh preamble of development is an inline script; the built pages have none.
    ...(command === 'serve' && { html: { cspNonce: noncePlaceholder } }),
    build: {
      target: 'chrome130',
      minify: true,
      modulePreload: { polyfill: false },
      // A font or picture that became a data: URL would be refused by the policy, or counted in the first screen.
      assetsInlineLimit: 0,
      manifest: true,
      rollupOptions: {
        input: { index: source('renderer/index.html'), crash: source('renderer/crash.html'), rescue: source('renderer/rescue.html') },
      },
    },
  },
}));
