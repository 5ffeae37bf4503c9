import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliCommand, quoteForShell, typeScriptCall, type WrittenCall } from '../../../../src/renderer/features/rpc/model/call-text.ts';

const call = (change: Partial<WrittenCall>): WrittenCall => ({
  method: 'logs.tail',
  params: {},
  timeoutMs: 10_000,
  target: { kind: 'self' },
  ...change,
});

describe('a request as a command', () => {
  it('is as short as it can be', () => {
    expect(cliCommand(call({}))).toBe('signalbox call logs.tail');
    expect(cliCommand(call({ params: { name: 'all' }, timeoutMs: 5_000 }))).toBe(
      `signalbox call logs.tail --params '{"name":"all"}' --timeout 5000`,
    );
  });

  it('says where the call goes', () => {
    const words = (target: WrittenCall['target']) => cliCommand(call({ target })).replace('signalbox call logs.tail ', '');
    expect(words({ kind: 'node', nodeId: 'press-07' })).toBe('--node press-07');
    expect(words({ kind: 'any', capability: 'router' })).toBe('--any router');
    expect([words({ kind: 'all' }), words({ kind: 'all', capability: 'press' })]).toEqual(['--all', '--all press']);
    expect(words({ kind: 'broadcast' })).toBe('--broadcast');
  });

  it('reaches the program byte for byte through a real shell', () => {
    const words = fc.sample(
      fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0')),
      60,
    );
    words.push(`it's "quoted" $HOME \`id\` \\ !`, '', "'", '\n');
    const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(quoteForShell).join(' ')}`], { encoding: 'utf8' });
    expect(output.split('\0').slice(0, -1)).toEqual(words);
  });
});

describe('a request as TypeScript', () => {
  it('is a call of the client, with options only where they differ', () => {
    expect(typeScriptCall(call({ params: { name: "it's", lines: 5 } }))).toBe(
      "const result = await client.call('logs.tail', { name: 'it\\'s', lines: 5 });\n",
    );
    expect(typeScriptCall(call({ target: { kind: 'all' }, timeoutMs: 1_000 }))).toBe(
      "const result = await client.call('logs.tail', {}, { timeoutMs: 1000, target: { all: true } });\n",
    );
  });

  it('says where the call goes', () => {
    const options = (target: WrittenCall['target']) =>
      typeScriptCall(call({ target })).replace("const result = await client.call('logs.tail', {}, ", '');
    expect(options({ kind: 'node', nodeId: 'press-07' })).toBe("{ target: { node: 'press-07' } });\n");
    expect(options({ kind: 'any', capability: 'press' })).toBe("{ target: { any: 'press' } });\n");
    expect(options({ kind: 'broadcast' })).toBe("{ serviceId: '*' });\n");
  });

  it('means the same value as the params', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (params) => {
        const text = typeScriptCall(call({ params }));
        const run = new Function('client', text.replace('await ', '').replace('const result =', 'return'));
        const sent = run({ call: (_method: string, value: unknown) => value }) as unknown;
        expect(sent).toEqual(JSON.parse(JSON.stringify(params)));
      }),
    );
  });
});
