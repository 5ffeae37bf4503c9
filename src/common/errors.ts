/**
 * The one error shape of every surface: WebSocket, IPC, HTTP, CLI, console.
 *
 * Codes are those of wire.md section 1.1; a new code is added here and in `docs/errors.md` first.
 */

/** Every code a surface may answer with. */
export const errorCodes = [
  'BAD_REQUEST',
  'INVALID_PARAMS',
  'METHOD_NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'NODE_UNREACHABLE',
  'NODE_LOST',
  'CIRCUIT_OPEN',
  'TIMEOUT',
  'CANCELLED',
  'OVERLOADED',
  'TOO_LARGE',
  'EXPIRED',
  'BAD_SIGNATURE',
  'REPLAYED',
  'NOT_LEADER',
  'NO_QUORUM',
  'STORAGE_FULL',
  'STORAGE_CORRUPT',
  'QUEUE_FULL',
  'LIMIT',
  'PRODUCER_FENCED',
  'PRODUCER_GAP',
  'PRODUCER_DUPLICATE_LOST',
  'INTERNAL',
  'CHANNEL_BINDING',
  'PIN',
  'NOT_MEMBER',
  'REVOKED',
  'WRONG_CLUSTER',
  'CLOCK',
  'FUTURE',
  'DECRYPT',
  'KEY_WEAK',
  'APPROVAL_REQUIRED',
  'STALE_MEMBERSHIP',
  'IDENTITY_LOCKED',
  'INVITE_INVALID',
  'VERSION',
  'SELF',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Whether the call can have taken effect; only `no` is ever retried without asking. */
export type Executed = 'no' | 'maybe' | 'yes';

/** What an error looks like on every surface. */
export interface ErrorShape {
  readonly code: ErrorCode;
  /** A sentence for a person: what happened, to which node, what to do. */
  readonly message: string;
  /** True when the same call may succeed later without being changed. */
  readonly retryable: boolean;
  readonly executed?: Executed;
  /** Machine-readable detail, for example `{issues:[{path,message}]}` of `INVALID_PARAMS`. */
  readonly data?: unknown;
}

const retryableCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NODE_UNREACHABLE',
  'NODE_LOST',
  'CIRCUIT_OPEN',
  'TIMEOUT',
  'OVERLOADED',
  'NOT_LEADER',
  'NO_QUORUM',
  'STORAGE_FULL',
  'QUEUE_FULL',
]);

export interface SignalboxErrorOptions {
  readonly retryable?: boolean;
  readonly executed?: Executed;
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** An expected failure. Anything else that is thrown is a bug and becomes `INTERNAL` at the boundary. */
export class SignalboxError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly executed: Executed | undefined;
  readonly data: unknown;

  /**
   * @param code one of {@link errorCodes}
   * @param message a sentence for a person
   * @param options `retryable` defaults to what the code implies
   */
  constructor(code: ErrorCode, message: string, options: SignalboxErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SignalboxError';
    this.code = code;
    this.retryable = options.retryable ?? retryableCodes.has(code);
    this.executed = options.executed;
    this.data = options.data;
  }

  /** The plain form that crosses a wire. */
  toShape(): ErrorShape {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.executed !== undefined && { executed: this.executed }),
      ...(this.data !== undefined && { data: this.data }),
    };
  }

  /** Rebuilds an error that came over a wire; an unknown code becomes `INTERNAL`, its name kept in `data`. */
  static fromShape(shape: {
    readonly code?: string | undefined;
    readonly message?: string | undefined;
    readonly retryable?: boolean | undefined;
    readonly executed?: Executed | undefined;
    readonly data?: unknown;
  }): SignalboxError {
    const known = isErrorCode(shape.code);
    return new SignalboxError(known ? (shape.code as ErrorCode) : 'INTERNAL', shape.message ?? 'The node gave no reason.', {
      ...(shape.retryable !== undefined && { retryable: shape.retryable }),
      ...(shape.executed !== undefined && { executed: shape.executed }),
      data: known ? shape.data : { unknownCode: shape.code, data: shape.data },
    });
  }
}

/** True when `value` is a code of this version. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && (errorCodes as readonly string[]).includes(value);
}

/**
 * The shape of whatever was thrown. An unexpected error says nothing of its text or stack to the caller
 * (security.md 2.10: `INTERNAL` never leaks stack or path); the log has them.
 */
export function toErrorShape(error: unknown): ErrorShape {
  if (error instanceof SignalboxError) return error.toShape();
  return {
    code: 'INTERNAL',
    message: 'The node met an unexpected fault. Its log has the details.',
    retryable: false,
    executed: 'maybe',
  };
}
