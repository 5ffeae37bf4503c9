/** Captured HTTP exchanges as people take them along: a curl command, an HTTP Archive, a body to look at. Pure. */
export {
  type BodyContent,
  bodyContent,
  type CapturedBody,
  packedWithOf,
  type UnpackedBody,
  unpackedLimitBytes,
} from './body-content.ts';
export { type CurlCommand, toCurl } from './curl.ts';
export { addressOf, schemeOf } from './exchange-address.ts';
export { type Har, toHar } from './har.ts';
export { type HeaderList, headerOf } from './headers.ts';
export { type Shell, shells } from './shell-quote.ts';
