/**
 * The only module that touches `ipcMain` (security.md 4.1). Every request passes the same checks in the same order: who
 * asks, how much, how often, in which form. An answer is always an envelope, so no exception of ours crosses as it is.
 */
import { serialize } from 'node:v8';
import { type IpcMainInvokeEvent, ipcMain, type WebFrameMain } from 'electron';
import type { z } from 'zod';
import { type ErrorCode, type ErrorShape, SignalboxError, toErrorShape } from '../../common/errors.ts';
import { limits } from '../../common/limits.ts';
import type { Envelope, RequestChannel } from '../../preload/channels.ts';
import { type Logger, RepeatSampler } from '../node/telemetry/index.ts';
import { isAppUrl } from './app-url.ts';

/** Requests that one window may make at once, and how many a second come back. */
const burstRequests = 60;
const requestsPerSecond = 30;

/** Refusals of who asks, how much or how often; the others say something about the request, or the node. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['FORBIDDEN', 'TOO_LARGE', 'OVERLOADED']);

/** A request that was not answered because of its asker. */
export interface IpcRefusal {
  readonly channel: RequestChannel;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Who asked, after the checks. */
export interface Asker {
  readonly webContentsId: number;
  /** Path of the page, for example `/index.html`. */
  readonly path: string;
  readonly frame: WebFrameMain;
}

export interface IpcOptions {
  /** Ids of the web contents of our own windows. */
  readonly isOurs: (webContentsId: number) => boolean;
  readonly logger: Logger;
  /** Told of the first refusal of a channel and code in 10 s. */
  readonly onRefused: (refusal: IpcRefusal) => void;
  readonly nowMs?: () => number;
}

interface Allowance {
  tokens: number;
  atMs: number;
}

/** Registers request handlers; a channel that is not registered does not exist. */
export class Ipc {
  readonly #options: IpcOptions;
  readonly #nowMs: () => number;
  readonly #allowances = new Map<number, Allowance>();
  readonly #repeats: RepeatSampler;

  constructor(options: IpcOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#repeats = new RepeatSampler({ nowMs: this.#nowMs });
  }

  /**
   * @param channel one of the preload's channels
   * @param schema of the one argument
   * @param answer called after every check; what it throws becomes the envelope's error
   * @param pages paths of the pages that may ask
   */
  handle<S extends z.ZodType>(
    channel: RequestChannel,
    schema: S,
    answer: (argument: z.output<S>, asker: Asker) => unknown,
    pages: readonly string[] = ['/', '/index.html'],
  ): void {
    ipcMain.handle(channel, async (event, ...rest: unknown[]): Promise<Envelope> => {
      try {
        const asker = this.#check(event, pages);
        this.#checkSize(rest);
        this.#take(asker.webContentsId);
        const parsed = rest.length > 1 ? undefined : schema.safeParse(rest[0]);
        if (!parsed?.success) throw new SignalboxError('INVALID_PARAMS', 'The window sent a request that the shell does not understand.');
        return { ok: true, value: (await answer(parsed.data, asker)) ?? null };
      } catch (error) {
        const { code, message } = toErrorShape(error);
        this.#note(channel, { code, message }, error);
        return { ok: false, error: { code, message } };
      }
    });
  }

  /** Forgets what a closed window was allowed. */
  forget(webContentsId: number): void {
    this.#allowances.delete(webContentsId);
  }

  /** A page that was taken over can ask without end; it must not fill log and audit table. */
  #note(channel: RequestChannel, { code, message }: Pick<ErrorShape, 'code' | 'message'>, error: unknown): void {
    const heldBack = this.#repeats.take(`${channel} ${code}`);
    if (heldBack === undefined) return;
    this.#options.logger.warn('shell.ipc.refused', message, { channel, code, heldBack, ...(code === 'INTERNAL' && { error }) });
    if (refusals.has(code)) this.#options.onRefused({ channel, code, message });
  }

  #check(event: IpcMainInvokeEvent, pages: readonly string[]): Asker {
    const frame = event.senderFrame;
    const url = frame === null ? '' : frame.url;
    const isKnown = frame !== null && frame.parent === null && this.#options.isOurs(event.sender.id) && isAppUrl(url);
    const path = isKnown ? new URL(url).pathname : '';
    if (!isKnown || !pages.includes(path)) {
      throw new SignalboxError('FORBIDDEN', 'Only the window of Signalbox itself may ask the shell for this.');
    }
    return { webContentsId: event.sender.id, path, frame };
  }

  #checkSize(rest: readonly unknown[]): void {
    if (serialize(rest).byteLength > limits.clientFrameBytes) {
      throw new SignalboxError('TOO_LARGE', `The request is larger than ${limits.clientFrameBytes} bytes.`);
    }
  }

  #take(id: number): void {
    const nowMs = this.#nowMs();
    const last = this.#allowances.get(id) ?? { tokens: burstRequests, atMs: nowMs };
    const tokens = Math.min(burstRequests, last.tokens + ((nowMs - last.atMs) / 1_000) * requestsPerSecond);
    this.#allowances.set(id, { tokens: Math.max(0, tokens - 1), atMs: nowMs });
    if (tokens < 1) throw new SignalboxError('OVERLOADED', 'The window asks the shell too often.');
  }
}
