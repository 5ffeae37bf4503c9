/**
 * A client in a process of its own, whose times are not those of a busy test: `node small-requests-process.ts PORT HOST`. Told for how many
 * milliseconds, it asks for `/small` one after the other and answers with how long each took, milliseconds.
 */
import { request } from 'node:http';

const [port, host] = process.argv.slice(2);

function askOnce(): Promise<number> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path: '/small', agent: false, headers: { host } }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(performance.now() - startedMs) : reject(new Error(`Answered ${answer.statusCode}.`)),
      );
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

process.on('message', async (forMs: number) => {
  const tookMs: number[] = [];
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs; ) tookMs.push(await askOnce());
  process.send?.(tookMs);
});
