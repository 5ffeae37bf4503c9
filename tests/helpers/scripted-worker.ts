/** A thread that does what its tests ask of it. */
import { SignalboxError } from '../../src/common/errors.ts';
import { Moved, runThread, type ThreadWith } from '../../src/main/node/threads/index.ts';

export type ScriptedThread = ThreadWith<{
  readonly data: { readonly start?: 'refuse' | 'hang'; readonly stop?: 'hang' | 'throw' };
  readonly ready: { readonly startedWith: string };
  readonly methods: {
    readonly echo: { readonly request: unknown; readonly result: unknown };
    readonly refuse: { readonly request: undefined; readonly result: string };
    readonly never: { readonly request: undefined; readonly result: string };
    /** Answers when it is cancelled. */
    readonly cancelled: { readonly request: undefined; readonly result: string };
    readonly steps: { readonly request: number; readonly result: string; readonly progress: number };
    readonly memory: { readonly request: ArrayBuffer; readonly result: ArrayBuffer };
    readonly exit: { readonly request: number; readonly result: undefined };
    readonly reject: { readonly request: undefined; readonly result: undefined };
    readonly unclonable: { readonly request: undefined; readonly result: unknown };
  };
  readonly told: { readonly word: string; readonly problem: boolean; readonly log: undefined };
  readonly reports: { readonly heard: string };
}>;

runThread<ScriptedThread>(async ({ data, logger, problems, report }) => {
  if (data.start === 'refuse') throw new SignalboxError('CONFLICT', 'It does not want to.');
  const alive = setInterval(() => undefined, 60_000);
  if (data.start === 'hang') await new Promise(() => undefined);
  return {
    ready: { startedWith: JSON.stringify(data) },
    methods: {
      echo: (request) => request,
      refuse: () => {
        throw new SignalboxError('NOT_FOUND', 'There is none.', { executed: 'no', data: { of: 'these' } });
      },
      never: () => new Promise<string>(() => undefined),
      cancelled: (_request, { signal }) =>
        new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('as far as it went'), { once: true })),
      steps: (count, { progress }) => {
        for (let step = 1; step <= count; step++) progress(step);
        return 'done';
      },
      memory: (memory) => new Moved(memory, [memory]),
      exit: (code) => process.exit(code),
      reject: () => {
        void Promise.reject(new Error('nobody handles this'));
        return new Promise(() => undefined);
      },
      unclonable: () => () => 'a function',
    },
    told: {
      word: (word) => report('heard', word),
      problem: (isRaised) => {
        if (isRaised) problems.raise({ id: 'scripted', severity: 'warn', title: 'A problem', detail: '' });
        else problems.clear('scripted');
      },
      log: () =>
        logger.warn('scripted.log', 'A line.', { error: new Error('a fault'), callback: () => undefined, nested: { run: () => 1 } }),
    },
    stop: () => {
      if (data.stop === 'hang') return new Promise<void>(() => undefined);
      clearInterval(alive);
      if (data.stop === 'throw') throw new Error('not today');
      return undefined;
    },
  };
});
