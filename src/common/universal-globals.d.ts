/** What browsers, Electron and Node all have: the only globals that `common` may use. Seen by its own type check alone. */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
interface TimerHandle {
  readonly universalTimer: never;
}
declare function setTimeout(callback: () => void, delayMs: number): TimerHandle;
declare function clearTimeout(timer: TimerHandle | undefined): void;
declare const crypto: { randomUUID(): string };
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { readonly read: number; readonly written: number };
}
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
declare const performance: { now(): number };
declare function atob(base64: string): string;
declare class URLSearchParams {
  constructor(query: string);
  [Symbol.iterator](): Iterator<[string, string]>;
}
