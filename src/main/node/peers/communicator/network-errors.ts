/** `Error` of wire.md 3 (seed 3, NetworkError): what it means in the codes of this program. */
import { z } from 'zod';
import { type ErrorCode, SignalboxError } from '../../../../common/errors.ts';
import type { PeerMessage } from '../types.ts';

export const networkErrors = [
  'ConnectionFailed',
  'Timeout',
  'ValidationFailed',
  'StorageError',
  'ProtocolError',
  'SecurityError',
  'InternalError',
] as const;
export type NetworkError = (typeof networkErrors)[number];

const errorSchema = z.object({ code: z.enum(networkErrors), message: z.string() });

const codes: Readonly<Record<NetworkError, ErrorCode>> = {
  ConnectionFailed: 'NODE_UNREACHABLE',
  Timeout: 'TIMEOUT',
  ValidationFailed: 'INVALID_PARAMS',
  StorageError: 'STORAGE_FULL',
  ProtocolError: 'BAD_REQUEST',
  SecurityError: 'FORBIDDEN',
  InternalError: 'INTERNAL',
};

/** The error that an `Error` message tells. */
export function errorOfMessage(message: PeerMessage): SignalboxError {
  const parsed = errorSchema.safeParse(message);
  if (!parsed.success) return new SignalboxError('INTERNAL', 'The peer answered with an error that this version cannot read.');
  const { code, message: text } = parsed.data;
  return new SignalboxError(codes[code], text.slice(0, 512), { data: { networkError: code } });
}

/** An `Error` message. @param requestId what it answers; undefined: nothing that waits */
export function errorMessage(code: NetworkError, text: string, requestId?: string): PeerMessage {
  return { type: 'Error', ...(requestId !== undefined && { request_id: requestId }), code, message: text.slice(0, 512) };
}
