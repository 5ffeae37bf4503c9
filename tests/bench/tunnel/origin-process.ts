/**
 * The local service behind every tunnel, in a process of its own. A connection is answered by hand while it asks for the small page alone, so
 * that the service costs little beside what is measured; with its first other request it moves to Node's HTTP server.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { WebSocketServer } from 'ws';
import { bulkPath, eventIntervalMs, eventsPath, mebibyte, type OriginFigures, pacedPath, smallPath, uploadPath } from './origin.ts';

const small = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\nServer: origin\r\n\r\n${'x'.repeat(1_024)}`,
);
const smallStart = Buffer.from(`GET ${smallPath} `);
const headEnd = Buffer.from('\r\n\r\n');
const piece = Buffer.alloc(64 * 1_024, 'b');
const paceMs = 10;

let figures: OriginFigures = { sentBytes: 0, abortedAtMs: undefined };

const http = createHttpServer({ noDelay: true, requestTimeout: 0, keepAliveTimeout: 60_000 }, (request, response) => {
  // So that a pool does not keep connections that are not answered by hand.
  response.shouldKeepAlive = false;
  const path = request.url?.split('?')[0];
  const mebibytes = Number(request.url?.split('?')[1] ?? '0');
  if (path === bulkPath) sendBulk(response, mebibytes * mebibyte);
  else if (path === pacedPath) sendPaced(response, mebibytes * mebibyte);
  else if (path === eventsPath) sendEvents(response);
  else if (path === uploadPath) takeUpload(request, response);
  else response.writeHead(404).end();
});

const echo = new WebSocketServer({ server: http, perMessageDeflate: false });
echo.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => socket.send(data, { binary: true }));
});

const server = createServer({ noDelay: true }, (socket) => {
  const onData = (chunk: Buffer): void => {
    if (!chunk.subarray(0, smallStart.length).equals(smallStart)) {
      socket.off('data', onData);
      http.emit('connection', socket);
      socket.unshift(chunk);
      return;
    }
    // Clients wait for the answer before they ask again, and a request is smaller than a packet: what does not end here is not one of ours.
    for (let at = chunk.indexOf(headEnd); at !== -1; at = chunk.indexOf(headEnd, at + 1)) socket.write(small);
  };
  socket.on('data', onData);
  socket.on('error', () => socket.destroy());
});

/** As fast as it is taken. */
function sendBulk(response: ServerResponse, sizeBytes: number): void {
  begin(response);
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': sizeBytes });
  let left = sizeBytes;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      const chunk = left < piece.length ? piece.subarray(0, left) : piece;
      left -= chunk.length;
      if (!response.write(chunk, () => sent(chunk.length))) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

/** That many bytes a second, for as long as somebody reads. */
function sendPaced(response: ServerResponse, bytesPerSecond: number): void {
  begin(response);
  response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
  const fromMs = performance.now();
  let given = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - fromMs) * bytesPerSecond) / 1_000;
    while (given < due && !response.writableNeedDrain) {
      given += piece.length;
      response.write(piece);
    }
  }, paceMs);
  response.once('close', () => clearInterval(timer));
}

/** Server-Sent Events that say when they were sent. */
function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.flushHeaders();
  const timer = setInterval(() => response.write(`data: ${process.hrtime.bigint()}\n\n`), eventIntervalMs);
  response.once('close', () => clearInterval(timer));
}

function takeUpload(request: IncomingMessage, response: ServerResponse): void {
  let taken = 0;
  request.on('data', (chunk: Buffer) => {
    taken += chunk.length;
  });
  request.on('end', () => response.end(`${taken}`));
}

function begin(response: ServerResponse): void {
  figures = { sentBytes: 0, abortedAtMs: undefined };
  response.once('close', () => {
    if (!response.writableFinished) figures = { ...figures, abortedAtMs: Date.now() };
  });
}

function sent(sizeBytes: number): void {
  figures = { ...figures, sentBytes: figures.sentBytes + sizeBytes };
}

process.on('message', () => process.send?.(figures));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
