/** The way of a request from outside, tried step by step (`tunnels.test`). */
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessRules } from '../../../../common/contract/tunnels.ts';
import type { Agent } from './agent.ts';
import { testHeader } from './test-answers.ts';
import type { AgentOptions } from './types.ts';

/** One step of the test, for people. */
export interface TestStep {
  readonly step: 'service' | 'gateway' | 'roundTrip';
  readonly ok: boolean;
  readonly detail: string;
  readonly ms: number | null;
}

const roundTripMs = 8_000;
/** How long a tunnel that is not up may take to come up now, milliseconds, and how often that is looked at. */
const connectMs = 5_000;
const lookMs = 50;

/**
 * Tries a tunnel: the local service takes a connection, the gateway is signed in to, and a marked request through the public address comes
 * back. The marked request is answered by the agent: the service sees nothing of it.
 */
export async function testTunnel(agent: Agent, options: Pick<AgentOptions, 'kind' | 'gateway' | 'access'>): Promise<readonly TestStep[]> {
  const service = await timed('service', () => agent.tryService());
  const gateway = await timed('gateway', () => gatewayStep(agent, options.gateway.url));
  const { rttMs } = agent.status();
  const steps = [service, { ...gateway, ms: gateway.ok ? rttMs : null }];
  if (!gateway.ok) return [...steps, { step: 'roundTrip', ok: false, detail: 'Not tried: the gateway is not signed in to.', ms: null }];
  return [...steps, await timed('roundTrip', () => roundTrip(agent, options))];
}

type Verdict = { readonly ok: boolean; readonly detail: string };

async function timed(step: TestStep['step'], run: () => Promise<Verdict>): Promise<TestStep> {
  const startedMs = performance.now();
  const { ok, detail } = await run();
  return { step, ok, detail, ms: ok ? performance.now() - startedMs : null };
}

/** A tunnel that waits for its next try is tried now. */
async function gatewayStep(agent: Agent, url: string): Promise<Verdict> {
  agent.retry();
  const deadlineMs = performance.now() + connectMs;
  while (agent.status().state === 'connecting' && performance.now() < deadlineMs) await sleep(lookMs);
  const { state, openLinks, lastError } = agent.status();
  if (state === 'up')
    return { ok: true, detail: `Signed in at ${url} with ${openLinks === 1 ? 'one connection' : `${openLinks} connections`}.` };
  return { ok: false, detail: lastError?.message ?? 'The tunnel is not connected.' };
}

async function roundTrip(agent: Agent, { kind, access }: Pick<AgentOptions, 'kind' | 'access'>): Promise<Verdict> {
  const { place } = agent.status();
  const [address] = place?.publicUrls ?? [];
  if (address === undefined) return { ok: false, detail: 'The gateway does not say under which address it answers.' };
  const url = new URL(address);
  if (kind !== 'http') return connects(url, address);
  const mark = randomBytes(16).toString('base64url');
  const forget = agent.tests.expect(mark);
  try {
    return await askMarked(url, mark, access);
  } finally {
    forget();
  }
}

/** Names below localhost are this machine's, whatever the system makes of them (RFC 6761 section 6.3). */
function addressOf({ hostname }: URL): string {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return host.endsWith('.localhost') ? '127.0.0.1' : host;
}

function askMarked(url: URL, mark: string, { basicAuth }: AccessRules): Promise<Verdict> {
  const secure = url.protocol === 'https:';
  const headers: Record<string, string> = { Host: url.host, [testHeader]: mark };
  if (basicAuth !== null) headers.Authorization = `Basic ${Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64')}`;
  return new Promise((resolve) => {
    const options = { host: addressOf(url), port: url.port || (secure ? 443 : 80), path: '/', headers, agent: false, timeout: roundTripMs };
    const ask = secure ? httpsRequest({ ...options, servername: url.hostname }) : httpRequest(options);
    ask.on('response', (response) => {
      response.resume();
      const ok = response.headers[testHeader.toLowerCase()] === mark;
      resolve({ ok, detail: ok ? `A request through ${url.origin} came back.` : answeredInstead(url, response.statusCode ?? 0) });
    });
    ask.on('timeout', () => ask.destroy(new Error('timeout')));
    ask.on('error', (error: NodeJS.ErrnoException) => resolve({ ok: false, detail: unreachable(url, error) }));
    ask.end();
  });
}

function connects(url: URL, address: string): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = connect({ host: addressOf(url), port: Number(url.port || 443), timeout: roundTripMs });
    const settle = (verdict: Verdict) => {
      resolve(verdict);
      socket.destroy();
    };
    socket.on('connect', () => settle({ ok: true, detail: `The gateway takes connections at ${address}.` }));
    socket.on('timeout', () => settle({ ok: false, detail: `Nothing answers at ${address}.` }));
    socket.on('error', (error) => settle({ ok: false, detail: unreachable(url, error) }));
  });
}

function answeredInstead(url: URL, status: number): string {
  if (status === 401 || status === 403) return `The gateway's rules do not let this node in (${status}); others may still come in.`;
  return `${url.origin} answered ${status}, and not from this tunnel: its address leads elsewhere, or the gateway does not know the tunnel.`;
}

function unreachable({ host, hostname }: URL, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${hostname} leads nowhere from here. Make an entry for it, or for all names below its domain, that leads to the gateway.`;
    case 'ECONNREFUSED':
      return `Nothing listens at ${host}, where the gateway says that it answers.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `${host} answers with a certificate that this machine does not know; a browser will warn of it too.`;
    default:
      return message === 'timeout' ? `Nothing answers at ${host}.` : `${host} could not be asked (${code ?? message}).`;
  }
}
