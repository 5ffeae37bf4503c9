/** What a person hands to whoever helps them: facts of the node in one file, without secrets, each part seen before it is saved. */
import type { Setting } from '../../../../common/contract/config.ts';
import type { ResultOf } from '../../../../common/contract/index.ts';

export interface BundleSources {
  readonly madeAtMs: number;
  readonly status: ResultOf<'node.status'>;
  readonly info: ResultOf<'system.info'>;
  readonly processes: ResultOf<'system.processes'>;
  readonly settings: readonly Setting[];
  readonly methods: ResultOf<'rpc.activity'>['methods'];
  readonly log: ResultOf<'logs.tail'>['entries'];
  readonly console: Readonly<Record<string, string>>;
}

export const bundleParts = ['status', 'machine', 'processes', 'settings', 'methods', 'log', 'console'] as const;
export type BundlePart = (typeof bundleParts)[number];

/** Names of settings whose value could open something. None is one today; one of a later version stays out by its name. */
const secretKey = /(password|passphrase|secret|token$|privatekey|credential)/i;
const homeFolder = /(\/home\/|\/Users\/|[A-Z]:\\Users\\)[^/\\"\s]+/gi;

/** The content of each part. */
export function bundleContent(sources: BundleSources): Readonly<Record<BundlePart, unknown>> {
  const { status, info } = sources;
  return withoutPeople({
    status,
    machine: { os: info.os, cpu: info.cpu, memoryBytes: info.memoryBytes, runtime: info.runtime, load: info.system },
    processes: sources.processes.processes,
    settings: Object.fromEntries(
      sources.settings.map(({ key, value, source, pendingRestart }) => [
        key,
        { value: secretKey.test(key) ? '(left out)' : value, source, pendingRestart },
      ]),
    ),
    methods: sources.methods,
    log: sources.log,
    console: sources.console,
  });
}

/** Names of people in folder names are left out, however deep the text stands. */
function withoutPeople<T>(content: T): T {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(homeFolder, '$1(user)');
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(content) as T;
}

/** The file, with the chosen parts only. */
export function bundleText(content: Readonly<Record<BundlePart, unknown>>, chosen: ReadonlySet<BundlePart>, madeAtMs: number): string {
  const parts = Object.fromEntries(bundleParts.filter((part) => chosen.has(part)).map((part) => [part, content[part]]));
  return `${JSON.stringify({ format: 'signalbox-support-1', madeAt: new Date(madeAtMs).toISOString(), ...parts }, null, 2)}\n`;
}

/** Size in the file, in bytes. */
export function partBytes(content: unknown): number {
  return new TextEncoder().encode(JSON.stringify(content, null, 2)).length;
}
