/** The messages of wire.md 5 as a library writes them, without any of our own. */
import protobuf from 'protobufjs';

const { root } = protobuf.parse(
  `syntax = "proto3";
  message Envelope { oneof message { TunnelRequest request = 2; TunnelResponse response = 3; TunnelData data = 5; TunnelClose close = 6; } }
  message TunnelRequest { string id = 1; string method = 2; string path = 3; map<string, string> headers = 4; bytes body = 5; }
  message TunnelResponse { string id = 1; int32 status = 2; map<string, string> headers = 3; bytes body = 4; }
  message TunnelData { string id = 1; bytes chunk = 2; }
  message TunnelClose { string id = 1; }`,
  { keepCase: true },
);
const type = root.lookupType('Envelope');

/** One of them is there; `protobufjs` has null for the others. */
export interface NaiveEnvelope {
  readonly request?: {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  };
  readonly response?: { readonly id: string; readonly status: number; readonly headers: Record<string, string>; readonly body: Uint8Array };
  readonly data?: { readonly id: string; readonly chunk: Uint8Array };
  readonly close?: { readonly id: string };
}

export function encodeNaive(envelope: NaiveEnvelope): Uint8Array {
  return type.encode(envelope).finish();
}

export function decodeNaive(bytes: Uint8Array): NaiveEnvelope {
  return type.decode(bytes) as unknown as NaiveEnvelope;
}

/** Several values of one header become one, as a map must have it. */
export function flatHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
