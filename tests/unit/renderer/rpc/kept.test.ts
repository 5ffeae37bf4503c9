import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignalboxError } from '../../../../src/common/errors.ts';
import {
  readItems,
  requestContentSchema,
  type SavedRequest,
  sameContent,
  savedRequestSchema,
} from '../../../../src/renderer/features/rpc/model/kept-items.ts';
import { freeName, readRequestsFile, writeRequestsFile } from '../../../../src/renderer/features/rpc/model/requests-file.ts';
import { SavingQueue } from '../../../../src/renderer/features/rpc/model/saving-queue.ts';

const content = { method: 'logs.tail', text: '{"name":"all"}', target: { kind: 'self' }, timeoutMs: 10_000 } as const;
const request = (name: string, text: string = content.text): SavedRequest => ({ name, content: { ...content, text } });

describe('kept items', () => {
  it('are read one by one, and a broken one is named', () => {
    const read = readItems(
      [
        { id: 'good', value: request('Morning check') },
        { id: 'broken', value: { name: 5 } },
      ],
      ['damaged'],
      savedRequestSchema,
    );
    expect(read.data).toEqual([{ ...request('Morning check'), id: 'good' }]);
    expect(read.errors).toEqual(['damaged', 'broken']);
  });

  it('fill in what an older console did not write', () => {
    const [read] = readItems([{ id: 'a', value: { name: 'Old', content: { method: 'm', text: '{}' } } }], [], savedRequestSchema).data;
    expect(read?.content).toEqual({ method: 'm', text: '{}', target: { kind: 'self' }, timeoutMs: 10_000 });
  });

  it('name their target in the words of an older console, or as today', () => {
    const read = (target: unknown) => requestContentSchema.parse({ method: 'm', text: '{}', target }).target;
    expect(['node', 'any', 'all'].map(read)).toEqual([{ kind: 'self' }, { kind: 'any', capability: 'router' }, { kind: 'all' }]);
    const targets = [
      { kind: 'node', nodeId: 'n1abc', name: 'press-07' },
      { kind: 'any', capability: 'press' },
      { kind: 'all', capability: 'edge' },
      { kind: 'broadcast' },
    ];
    expect(targets.map(read)).toEqual(targets);
    expect(() => read({ kind: 'node' })).toThrow();
  });

  it('are the same when every field is', () => {
    expect(sameContent(content, { ...content })).toBe(true);
    expect(sameContent(content, { ...content, target: { kind: 'all' } })).toBe(false);
  });
});

describe('a file of requests', () => {
  it('reads back what was written', () => {
    const saved = [request('Morning check'), request('Half written', '{ "na')];
    const read = readRequestsFile(
      writeRequestsFile(saved, () => []),
      [],
    );
    expect(read.errors).toEqual([]);
    expect(read.data.map((item) => [item.name, item.content.method])).toEqual([
      ['Morning check', 'logs.tail'],
      ['Half written', 'logs.tail'],
    ]);
    expect(JSON.parse(read.data[0]?.content.text ?? '')).toEqual({ name: 'all' });
    expect(read.data[1]?.content.text).toBe('{ "na');
  });

  it('keeps where each request goes, and takes the words of an older file', () => {
    const target = { kind: 'all', capability: 'press' } as const;
    const file = writeRequestsFile([{ name: 'All', content: { ...content, target } }], () => []);
    expect(readRequestsFile(file, []).data[0]?.content.target).toEqual(target);
    const older = readRequestsFile(file.replace(/"target": \{[^}]*\}/, '"target": "any"'), []);
    expect(older.data[0]?.content.target).toEqual({ kind: 'any', capability: 'router' });
  });

  it('holds no secret', () => {
    const file = writeRequestsFile([request('Add', '{"username":"bea","passwordSha256":"s3cret"}')], () => ['passwordSha256']);
    expect(file).not.toContain('s3cret');
    expect(file).toContain('bea');
  });

  it('gives what it can and names the rest', () => {
    const file = JSON.stringify({
      format: 'signalbox.requests',
      version: 1,
      requests: [{ name: 'Good', method: 'node.status' }, { name: 'No method' }, 'nonsense'],
    });
    const read = readRequestsFile(file, ['Good']);
    expect(read.data).toEqual([
      { name: 'Good 2', content: { method: 'node.status', text: '{}', target: { kind: 'self' }, timeoutMs: 10_000 } },
    ]);
    expect(read.errors).toMatchObject([
      { position: 2, name: 'No method', problem: 'bad-request' },
      { position: 3, problem: 'bad-request' },
    ]);
  });

  it('is refused whole when it is something else', () => {
    expect(readRequestsFile('{ half', []).errors).toMatchObject([{ position: 0, problem: 'not-json' }]);
    expect(readRequestsFile('{"format":"other"}', []).errors).toMatchObject([{ position: 0, problem: 'not-requests' }]);
  });

  it('takes the first free name', () => {
    const taken = new Set(['a', 'a 2']);
    expect([freeName('a', taken), freeName('a', taken), freeName('b', taken)]).toEqual(['a 3', 'a 4', 'b']);
  });
});

describe('the queue of writes', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp(fail: () => SignalboxError | undefined = () => undefined) {
    const written: string[] = [];
    const failures: (string | undefined)[] = [];
    const attempt = (text: string) => {
      const error = fail();
      if (error !== undefined) return Promise.reject(error);
      written.push(text);
      return Promise.resolve();
    };
    const queue = new SavingQueue({
      writer: {
        put: (kind, id, value) => attempt(`${kind}/${id}=${JSON.stringify(value)}`),
        remove: (kind, id) => attempt(`${kind}/${id}-`),
      },
      delayMs: 300,
      onFailure: (error) => failures.push(error?.code),
    });
    return { queue, written, failures };
  }

  it('writes the last of many changes once', async () => {
    const { queue, written } = setUp();
    for (const text of ['a', 'ab', 'abc']) queue.save('draft', '1', { text });
    await vi.advanceTimersByTimeAsync(299);
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(written).toEqual(['draft/1={"text":"abc"}']);
  });

  it('writes at once when it is flushed, and removes what was to be written', async () => {
    const { queue, written } = setUp();
    queue.save('draft', '1', { text: 'a' });
    queue.remove('draft', '1');
    await queue.flush();
    expect(written).toEqual(['draft/1-']);
  });

  it('keeps what could not be written for want of a node, and writes it later', async () => {
    let away = true;
    const { queue, written, failures } = setUp(() => (away ? new SignalboxError('NODE_UNREACHABLE', 'Away.') : undefined));
    queue.save('draft', '1', { text: 'a' });
    await queue.flush();
    expect([written, failures]).toEqual([[], ['NODE_UNREACHABLE']]);
    away = false;
    await queue.flush();
    expect([written, failures]).toEqual([['draft/1={"text":"a"}'], ['NODE_UNREACHABLE', undefined]]);
  });

  it('lets go of what can never be written, and goes on with the rest', async () => {
    let first = true;
    const { queue, written, failures } = setUp(() => {
      const error = first ? new SignalboxError('TOO_LARGE', 'Too large.') : undefined;
      first = false;
      return error;
    });
    queue.save('draft', 'huge', {});
    queue.save('draft', 'small', {});
    await queue.flush();
    expect([written, failures]).toEqual([['draft/small={}'], ['TOO_LARGE']]);
  });
});
