/** What is left of an answer when its exchange is over: a client has the time of the front limits to read on (security.md row 57). */
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { AnswerWriter } from '../../../../../../../src/main/node/tunnel/gateway/front/answer-writer.ts';
import { FrontContext } from '../../../../../../../src/main/node/tunnel/gateway/front/front-context.ts';
import { defaultFrontLimits } from '../../../../../../../src/main/node/tunnel/gateway/front/front-limits.ts';
import type { FrontResponse } from '../../../../../../../src/main/node/tunnel/gateway/front/front-response.ts';
import { PretendedAgents } from '../../../../../../helpers/pretended-agents.ts';

function unreadRest() {
  const context = new FrontContext({ limits: defaultFrontLimits, directory: new PretendedAgents(), via: 'test', onFault: () => undefined });
  const handle = { writeQueueSize: 9_000 };
  const seen = { isAborted: false };
  const abort = () => {
    seen.isAborted = true;
  };
  const socket = { bytesWritten: 10_000, writableLength: 10_000, _handle: handle, resetAndDestroy: abort };
  const response: Record<string, unknown> = { writableEnded: true, writableFinished: false, socket };
  const writer = new AnswerWriter(context, {} as IncomingMessage, response as unknown as FrontResponse, []);
  const overdue = () => context.sweep(performance.now() + defaultFrontLimits.stalledMs + 1);
  writer.letGo();
  return { writer, handle, socket, response, seen, overdue };
}

test('a client that reads on keeps its connection; one that does not is let go', () => {
  const { handle, seen, overdue } = unreadRest();
  handle.writeQueueSize = 8_000;
  overdue();
  expect(seen.isAborted).toBe(false);
  overdue();
  expect(seen.isAborted).toBe(true);
});

test('an answer that waits for its turn is not given up for that', () => {
  const { response, seen, overdue, socket } = unreadRest();
  response.socket = null;
  overdue();
  overdue();
  response.socket = socket;
  overdue();
  expect(seen.isAborted).toBe(false);
  overdue();
  expect(seen.isAborted).toBe(true);
});

test('a rest that was sent is not looked at any more', () => {
  const { writer, seen, overdue } = unreadRest();
  writer.gone();
  overdue();
  expect(seen.isAborted).toBe(false);
});
