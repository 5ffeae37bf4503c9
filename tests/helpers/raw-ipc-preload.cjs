/**
 * A preload that only tests add: it lets a page send what our own preload never would, as a page that took over the
 * renderer could.
 */
const { contextBridge, ipcRenderer } = require('electron');

const cycle = {};
cycle.self = cycle;
const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
const values = [
  undefined,
  null,
  true,
  0,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e308,
  2 ** 53,
  10n ** 40n,
  '',
  'x',
  '\u0000',
  '\ud800',
  'a'.repeat(100_000),
  'a'.repeat(2_000_000),
  [],
  {},
  [[[]]],
  { length: -1 },
  JSON.parse('{"__proto__":{"admin":true}}'),
  { constructor: 'x', toString: 1 },
  cycle,
  deep,
  new Date(Number.NaN),
  /x/g,
  new Map([[{}, new Set([1])]]),
  new Uint8Array(50_000_000),
  new Error('x'),
  () => 1,
  Symbol('x'),
  new Proxy({}, {}),
];

async function send(channel, ...args) {
  try {
    const answer = await ipcRenderer.invoke(channel, ...args);
    return answer?.ok === true ? 'ok' : (answer?.error?.code ?? 'no envelope');
  } catch (error) {
    return /could not be cloned/.test(error.message)
      ? 'clone error'
      : /No handler registered/.test(error.message)
        ? 'no handler'
        : error.message;
  }
}

contextBridge.exposeInMainWorld('raw', {
  send,
  /** Sends every odd value, slowly enough not to be refused for its rate alone. */
  fuzz: async (channel) => {
    const outcomes = [];
    for (const value of values) {
      outcomes.push(await send(channel, value));
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    return outcomes;
  },
  burst: (channel, count) => Promise.all(Array.from({ length: count }, () => send(channel))),
});
