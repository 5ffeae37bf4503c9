import { type Command, InvalidArgumentError, Option } from 'commander';
import { bytesOf } from '../../../common/bytes.ts';
import type { NodeClient } from '../../../common/client/node-client.ts';
import type { TunnelRequestDetail } from '../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { hexLine, hexLineCount } from '../../../common/hex.ts';
import {
  bodyContent,
  type CapturedBody,
  type HeaderList,
  packedWithOf,
  type Shell,
  schemeOf,
  shells,
  toCurl,
  toHar,
  unpackedLimitBytes,
} from '../../../common/http-exchange/index.ts';
import { version } from '../../node/version.ts';
import { contextOf } from '../command-context.ts';
import { Interrupted, UsageError } from '../exit-codes.ts';
import { readBytes, writeNewFile } from '../files.ts';
import type { CliIo } from '../io.ts';
import type { Output } from '../output.ts';
import { formatBytes, formatCount } from '../quantities.ts';
import { findTunnel } from '../tunnel/find-tunnel.ts';
import { requestLine } from '../tunnel/request-line.ts';
import { unpackBody } from '../tunnel/unpack-body.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';
import { positiveInteger } from './call.ts';

/** One question to the node waits so long for news. */
const waitMs = 15_000;
/** What a waiting call has beyond its wait. */
const wayMs = 5_000;
const hexBytesPerLine = 16;
/** Of a body that is given: what one call can carry as base64. */
const mostBodyBytes = 524_288;
/** Lines of a dump that are shown; the rest is in --json. */
const mostHexLines = 64;

interface InspectFlags extends NodeFlag {
  readonly tunnel?: string;
  readonly follow?: boolean;
  readonly filter?: string;
  readonly limit?: number;
  readonly curl?: Shell | true;
  readonly har?: string;
  readonly replay?: boolean;
  readonly method?: string;
  readonly path?: string;
  readonly header?: HeaderList;
  readonly body?: string;
}

/** `signalbox tunnel inspect` */
export function addTunnelInspectCommand(tunnel: Command, io: CliIo): void {
  withNodeOption(tunnel.command('inspect'))
    .argument('[request]', 'id of one request, to show it whole')
    .description('show the last requests through the tunnels of a node, or one of them')
    .option('--tunnel <tunnel>', 'of this tunnel alone')
    .option('--filter <expression>', 'for example: status>=400 path~/api method=POST duration>200 !open body~text')
    .option('--limit <n>', 'requests at most (default 50)', positiveInteger)
    .option('--follow', 'go on as they come, until Ctrl-C')
    .addOption(new Option('--curl [shell]', 'write the request as a curl command').choices(shells).conflicts(['follow', 'har', 'replay']))
    .addOption(
      new Option('--har <file>', 'write the requests with what was captured to a HTTP Archive').conflicts(['follow', 'curl', 'replay']),
    )
    .addOption(new Option('--replay', 'send the request to the local service again').conflicts(['follow', 'curl', 'har']))
    .option('--method <method>', 'for --replay: another method')
    .option('--path <path>', 'for --replay: another path, with its query')
    .option('--header <header...>', "for --replay: 'Name: value' instead of the one captured, or besides", addHeader)
    .option('--body <file>', 'for --replay: the body from a file')
    .action(async (requestId: string | undefined, options: InspectFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (requestId === undefined && (options.curl !== undefined || options.replay === true))
        throw new UsageError(
          `${options.replay === true ? '--replay' : '--curl'} is for one request: give its id, as tunnel inspect --json lists it.`,
        );
      if (requestId !== undefined && options.follow === true) throw new UsageError('--follow is for all requests: leave the id out.');
      const changes = [options.method, options.path, options.header, options.body];
      if (options.replay !== true && changes.some((change) => change !== undefined))
        throw new UsageError('--method, --path, --header and --body change a request that is sent again: add --replay.');
      await withNode((client, signal) => {
        const inspection = { client, signal, options, out };
        if (options.har !== undefined) return writeArchive(inspection, options.har, requestId);
        if (requestId !== undefined) return options.replay === true ? replay(inspection, requestId) : showOne(inspection, requestId);
        return options.follow === true ? follow(inspection) : list(inspection);
      });
    });
}

interface Inspection {
  readonly client: NodeClient;
  readonly signal: AbortSignal;
  readonly options: InspectFlags;
  readonly out: Output;
}

/** What `tunnels.requests` is asked with, besides where to go on. */
async function questionOf({ client, signal, options }: Inspection) {
  const { tunnel, filter, limit = 50 } = options;
  return {
    limit: Math.min(limit, 500),
    ...(filter !== undefined && { filter }),
    ...(tunnel !== undefined && { tunnelId: (await findTunnel(client, tunnel, options, signal)).tunnelId }),
  };
}

async function list(inspection: Inspection): Promise<void> {
  const { client, signal, options, out } = inspection;
  const { requests, dropped } = await client.call('tunnels.requests', await questionOf(inspection), { signal, ...atNode(options) });
  for (const request of requests) out.json ? out.jsonLine(request) : out.line(`${request.requestId}  ${requestLine(request)}`);
  if (requests.length === 0) out.note('No request is kept that passes.');
  if (dropped > 0 && !out.json) out.note(`${formatCount(dropped, 'older one is', 'older ones are')} no longer kept.`);
}

/** Prints a request once it is over, and raw connections also when they begin. */
async function follow(inspection: Inspection): Promise<void> {
  const { client, signal, options, out } = inspection;
  const question = await questionOf(inspection);
  let after = 0;
  for (;;) {
    const call = { signal, timeoutMs: waitMs + wayMs, ...atNode(options) };
    const { requests, revision } = await client.call('tunnels.requests', { ...question, after, waitMs }, call);
    for (const request of requests) {
      if (out.json) out.jsonLine(request);
      else if (!request.open || request.kind !== 'http') out.line(`${request.requestId}  ${requestLine(request)}`);
    }
    after = revision;
    if (signal.aborted) throw new Interrupted('no');
  }
}

async function showOne({ client, signal, options, out }: Inspection, requestId: string): Promise<void> {
  const call = { signal, ...atNode(options) };
  const detail = await client.call('tunnels.request', { requestId }, call);
  if (options.curl !== undefined) {
    const { command, notes } = toCurl(
      detail,
      await schemeFor({ client, signal, options, out }, detail),
      options.curl === true ? 'posix' : options.curl,
    );
    if (out.json) out.jsonLine({ command, notes });
    else out.line(command);
    if (!out.json) for (const note of notes) out.note(note);
    return;
  }
  if (out.json) out.jsonLine(detail);
  else printDetail(out, detail);
}

/** Sends a request again, changed as the options say. */
async function replay({ client, signal, options, out }: Inspection, requestId: string): Promise<void> {
  const call = { signal, ...atNode(options) };
  const { method, path, header, body } = options;
  const params = {
    requestId,
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    ...(header !== undefined && { headers: changed((await client.call('tunnels.request', { requestId }, call)).requestHeaders, header) }),
    ...(body !== undefined && { bodyBase64: (await readBytes(body, mostBodyBytes)).toString('base64') }),
  };
  const sent = await client.call('tunnels.replay', params, call);
  if (out.json) out.jsonLine(sent);
  else out.line(`Sent again as ${sent.requestId}. See it with: signalbox tunnel inspect ${sent.requestId}`);
  if (sent.withheldHeaders.length > 0) out.note(`Sent without ${sent.withheldHeaders.join(', ')}: their values are never kept.`);
}

/** Captured headers, with those given in the place of their namesakes. */
function changed(captured: HeaderList, given: HeaderList): HeaderList {
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  return [...captured.filter(([name]) => !names.has(name.toLowerCase())), ...given];
}

function addHeader(text: string, before: HeaderList = []): HeaderList {
  const [, name, value] = /^([^\s:]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Write a header as 'Name: value'.");
  return [...before, [name, value]];
}

async function writeArchive(inspection: Inspection, file: string, requestId: string | undefined): Promise<void> {
  const { client, signal, options, out } = inspection;
  const call = { signal, ...atNode(options) };
  const ids =
    requestId === undefined
      ? (await client.call('tunnels.requests', await questionOf(inspection), call)).requests.map((request) => request.requestId)
      : [requestId];
  const details: TunnelRequestDetail[] = [];
  let gone = 0;
  for (const id of ids) {
    try {
      details.push(await client.call('tunnels.request', { requestId: id }, call));
    } catch (error) {
      // Newer ones have pushed it out since the list was made.
      if (!(error instanceof SignalboxError) || error.code !== 'NOT_FOUND' || requestId !== undefined) throw error;
      gone++;
    }
  }
  const [first] = details;
  const scheme = first === undefined ? 'http' : await schemeFor(inspection, first);
  await writeNewFile(file, `${JSON.stringify(toHar(details, scheme, version), null, 2)}\n`);
  if (out.json) out.jsonLine({ file, requests: details.length });
  else out.line(`Wrote ${formatCount(details.length, 'request')} to ${file}.`);
  if (gone > 0) out.note(`${formatCount(gone, 'request was', 'requests were')} no longer kept.`);
}

async function schemeFor({ client, signal, options }: Inspection, { tunnelId }: TunnelRequestDetail): Promise<'http' | 'https'> {
  const { tunnels } = await client.call('tunnels.list', {}, { signal, ...atNode(options) });
  return schemeOf(tunnels.find((info) => info.tunnelId === tunnelId)?.publicUrls ?? []);
}

function printDetail(out: Output, detail: TunnelRequestDetail): void {
  const { timings } = detail;
  out.line(requestLine(detail));
  out.fields([
    ['request', `${detail.requestId} through ${detail.agentId}`],
    ['host', detail.host],
    ['at the gateway', ms(timings.tunnelInMs)],
    ['to the agent', ms(timings.toAgentMs)],
    ['waited for the service', ms(timings.waitMs)],
    ['its answer took', ms(timings.replyMs)],
  ]);
  if (detail.capture === 'off') {
    out.note(`Headers and bodies were not kept. Keep them from now on with: signalbox tunnel capture ${detail.agentId} --level bodies`);
    return;
  }
  printMessage(out, 'Request', detail.requestHeaders, detail.requestBody, detail.requestBytes);
  printMessage(out, 'Answer', detail.responseHeaders, detail.responseBody, detail.responseBytes);
}

function printMessage(out: Output, title: string, headers: HeaderList, body: CapturedBody | null, sizeBytes: number): void {
  out.line();
  out.line(`${title}:`);
  for (const [name, value] of headers) out.line(`  ${name}: ${value}`);
  if (sizeBytes === 0) return;
  out.line();
  if (body === null) {
    out.line(`  (a body of ${formatBytes(sizeBytes)}, not kept)`);
    return;
  }
  const packedWith = packedWithOf(headers);
  const sent = bytesOf(body.base64);
  const unpacked = packedWith.length === 0 ? undefined : unpackBody(sent, packedWith, body.truncated);
  const { bytes, text, json, binary } = bodyContent(body, headers, typeof unpacked === 'string' ? undefined : unpacked);
  if (unpacked !== undefined) out.line(`  (${packedWords(packedWith, sent, unpacked)})`);
  if (binary)
    for (let index = 0; index < Math.min(hexLineCount(bytes, hexBytesPerLine), mostHexLines); index++)
      out.line(`  ${hexLine(bytes, index, hexBytesPerLine)}`);
  else out.line(json === undefined ? text : JSON.stringify(json.value, null, 2));
  if (body.truncated) out.line(`  (the first ${formatBytes(sent.byteLength)} of ${formatBytes(body.sizeBytes)})`);
}

/** How a packed body is shown. */
function packedWords(packedWith: readonly string[], sent: Uint8Array, unpacked: ReturnType<typeof unpackBody>): string {
  const packed = `packed with ${packedWith.join(', ')}`;
  switch (unpacked) {
    case 'tooLarge':
      return `${packed}, shown as it was sent: unpacked it is larger than ${formatBytes(unpackedLimitBytes)}`;
    case 'unsupported':
      return `${packed}, which is not unpacked here`;
    case 'damaged':
      return `${packed}, and cannot be unpacked: it is damaged`;
    default:
      return `${packed}, unpacked from ${formatBytes(sent.byteLength)} to ${formatBytes(unpacked.bytes.byteLength)}`;
  }
}

function ms(value: number | null): string | null {
  return value === null ? null : `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}
