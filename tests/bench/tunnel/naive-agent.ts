/** The service's end of the tunnel that one writes in an hour. Takes the gateway's port and the service's. */
import { Agent, type ClientRequest, request } from 'node:http';
import { WebSocket } from 'ws';
import { decodeNaive, encodeNaive, flatHeaders } from './naive-messages.ts';

const [gatewayPort, servicePort] = process.argv.slice(2).map(Number);
const pool = new Agent({ keepAlive: true, maxSockets: 256 });
const running = new Map<string, ClientRequest>();
const gateway = new WebSocket(`ws://127.0.0.1:${gatewayPort}`, { perMessageDeflate: false, maxPayload: 0 });

gateway.on('open', () => process.send?.('open'));
gateway.on('message', (bytes: Buffer) => {
  const envelope = decodeNaive(bytes);
  if (envelope.close) {
    running.get(envelope.close.id)?.destroy();
    running.delete(envelope.close.id);
  }
  if (!envelope.request) return;
  const { id, method, path, headers, body } = envelope.request;
  const call = request({ host: '127.0.0.1', port: servicePort, method, path, headers, agent: pool }, (answer) => {
    const head = { id, status: answer.statusCode ?? 502, headers: flatHeaders(answer.headers) };
    let headSent = false;
    answer.on('data', (chunk: Buffer) => {
      gateway.send(encodeNaive(headSent ? { data: { id, chunk } } : { response: { ...head, body: chunk } }));
      headSent = true;
    });
    answer.on('end', () => {
      if (!headSent) gateway.send(encodeNaive({ response: { ...head, body: Buffer.alloc(0) } }));
      gateway.send(encodeNaive({ close: { id } }));
      running.delete(id);
    });
    answer.on('error', () => running.delete(id));
  });
  call.on('error', () => running.delete(id));
  running.set(id, call);
  call.end(body.length > 0 ? body : undefined);
});
process.on('disconnect', () => process.exit());
