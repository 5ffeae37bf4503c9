/** The headers under which the console's page runs, the same in the desktop window and in a browser (security.md 4.1). */
import { randomBytes } from 'node:crypto';

/** Stands in the built HTML where the response's nonce goes. */
export const noncePlaceholder = '__CSP_NONCE__';

/** A nonce for one response: 128 random bits. */
export function createNonce(): string {
  return randomBytes(16).toString('base64');
}

/** What the console never asks a browser for. */
const refusedFeatures = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
];

export interface DocumentPolicyOptions {
  /** Lets the component library's and the editor's `<style>` elements through; scripts are never inline. */
  readonly nonce: string;
  /** Further origins that the page may open connections to, for example `ws://127.0.0.1:7420`. */
  readonly connect?: readonly string[];
}

/** The `Content-Security-Policy` of a document. */
export function contentSecurityPolicy({ nonce, connect = [] }: DocumentPolicyOptions): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');
}

/** Every header that a document of the console carries, besides its type. */
export function documentHeaders(options: DocumentPolicyOptions): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(options),
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': refusedFeatures.map((feature) => `${feature}=()`).join(', '),
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
}
