import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../src/common/errors.ts';
import { exitCodeOf, Interrupted, UsageError } from '../../../../src/main/cli/exit-codes.ts';
import { formatDuration, Output } from '../../../../src/main/cli/output.ts';
import { parseAssignments } from '../../../../src/main/cli/setting-values.ts';
import { DamagedFileError } from '../../../../src/main/node/damaged-file-error.ts';

function written(json: boolean, act: (out: Output) => void): { readonly stdout: string; readonly stderr: string } {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  act(new Output(io, json));
  return { stdout: String(io.stdout.read() ?? ''), stderr: String(io.stderr.read() ?? '') };
}

test('a table is aligned, and a name from elsewhere cannot steer the terminal', () => {
  const { stdout } = written(false, (out) =>
    out.table(
      ['user', 'role'],
      [
        ['ada', 'admin'],
        ['evil\u001b[2J', null],
      ],
    ),
  );
  expect(stdout).toBe('user      role\nada       admin\nevil?[2J  -\n');
});

test('what came from elsewhere cannot steer the terminal, wherever it stands', () => {
  const evil = 'up\u001b[2A, \u009b2J and\rback';
  const { stdout, stderr } = written(false, (out) => {
    out.line(`log\t${evil}\nsecond line`);
    out.value({ text: '\u009b2J' });
    out.note(evil);
    out.error(new SignalboxError('NOT_FOUND', evil));
  });
  expect(stdout).toBe('log\tup?[2A, ?2J and?back\nsecond line\n{\n  "text": "?2J"\n}\n');
  expect(stderr).toBe('up?[2A, ?2J and?back\nNOT_FOUND: up?[2A, ?2J and?back\n');
});

test('names that turn the direction of writing or cannot be seen are marked for people, and escaped for programs (row 52)', () => {
  const evil = 'a\u202eb\u2066c\u200bd\u2028e\ufefff\u{e0041}g\u009b';
  const { stdout } = written(false, (out) => {
    out.line(evil);
    out.table(['name'], [[evil]]);
    out.line('\u{1f469}\u200d\u{1f680} שלום می\u200cخواهم');
  });
  expect(stdout).toBe('a?b?c?d?e?f?g?\nname\na?b?c?d?e?f?g?\n\u{1f469}\u200d\u{1f680} שלום می\u200cخواهم\n');
  const json = written(true, (out) => out.value({ name: evil })).stdout;
  expect(json).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(json)).toEqual({ name: evil });
});

test('an error is a sentence with its code, or one JSON line', () => {
  const error = new SignalboxError('INVALID_PARAMS', 'The params are not valid.', {
    data: { issues: [{ path: '/lines', message: 'Too small' }] },
  });
  expect(written(false, (out) => out.error(error))).toEqual({
    stdout: '',
    stderr: 'INVALID_PARAMS: The params are not valid.\n  lines: Too small\n',
  });
  expect(JSON.parse(written(true, (out) => out.error(error)).stderr)).toMatchObject({
    error: { code: 'INVALID_PARAMS', retryable: false },
  });
});

test('each family of failure has its exit code', () => {
  const codes = (['UNAUTHENTICATED', 'FORBIDDEN', 'NODE_UNREACHABLE', 'TIMEOUT', 'CONFLICT'] as const).map((code) =>
    exitCodeOf(new SignalboxError(code, 'x')),
  );
  expect(codes).toEqual([4, 4, 3, 5, 1]);
  // What a node cancels is a failure as others; only the person at the terminal interrupts.
  expect([new SignalboxError('CANCELLED', 'The node is stopping.'), new Interrupted('no')].map(exitCodeOf)).toEqual([1, 130]);
  expect([new UsageError('x'), new DamagedFileError('/f', 'settings', 'x'), new TypeError('x')].map(exitCodeOf)).toEqual([2, 6, 1]);
});

test('a setting is JSON where it can be, and a text stays a text', () => {
  const isText = (key: string) => key === 'node.name';
  expect(parseAssignments(['http.port=7421', 'node.name=007', 'a=true', 'b=["x"]', 'c=x=y', 'node.name2=', 'd=null'], isText)).toEqual({
    'http.port': 7_421,
    'node.name': '007',
    a: true,
    b: ['x'],
    c: 'x=y',
    'node.name2': '',
    d: null,
  });
  expect(() => parseAssignments(['nonsense'], isText)).toThrow(UsageError);
  expect(() => parseAssignments(['=1'], isText)).toThrow(UsageError);
});

test('times are the two largest units, the second when there is any of it', () => {
  expect([0, 59_000, 185_000, 7_200_000, 190_000_000].map(formatDuration)).toEqual(['0 s', '59 s', '3 min 5 s', '2 h', '2 d 4 h']);
});
