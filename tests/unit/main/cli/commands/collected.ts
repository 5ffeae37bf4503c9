import { Writable } from 'node:stream';

function collector() {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}

/** What a command writes, kept. */
export function collected() {
  return { stdout: collector(), stderr: collector() };
}
