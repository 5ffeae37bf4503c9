/** Starts a client of localtunnel. Takes the server's port, the name it wants and the service's port. */
const localtunnel = require('localtunnel');

const [serverPort, subdomain, port] = process.argv.slice(2);
localtunnel({ port: Number(port), local_host: '127.0.0.1', host: `http://127.0.0.1:${serverPort}`, subdomain }).then((tunnel) =>
  process.send(tunnel.url),
);
process.on('disconnect', () => process.exit());
