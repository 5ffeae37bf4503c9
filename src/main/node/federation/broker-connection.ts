/** How the connection to a broker is opened, so that nothing is written to it before its certificate was judged (security.md 2.9). */
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { IClientOptions } from 'mqtt';
import {
  type CertificateFault,
  type CertificateRefused,
  type CertificateTrust,
  connectChecked,
  openChecked,
  type TlsCheck,
} from '../certificates/index.ts';
import type { ProblemReport } from '../telemetry/index.ts';
import type { LinkTarget } from './link-target.ts';

const defaultTlsPort = 8883;

/**
 * The open connection to a broker over TLS; undefined for an address that the MQTT client opens itself.
 *
 * @throws CertificateRefused naming the check that failed; the system's error when there is no connection
 */
export async function openBrokerStream(target: LinkTarget): Promise<TLSSocket | undefined> {
  const { protocol, hostname, port } = new URL(target.url);
  if (protocol !== 'mqtts:') return undefined;
  const host = hostname.replaceAll(/[[\]]/g, '');
  return connectChecked({ ...tlsOf(target), host, port: port === '' ? defaultTlsPort : Number(port) }, trustOf(target));
}

/** What the MQTT client needs for an address over secure WebSocket. */
export function brokerOptions(target: LinkTarget, onRefused: (error: CertificateRefused) => void): IClientOptions {
  if (!target.url.startsWith('wss:')) return {};
  return { wsOptions: { createConnection: openChecked(trustOf(target), { ...tlsOf(target), onRefused }) } };
}

/** A pin stands for the authority unless one is named as well. */
function trustOf({ pin, ca }: LinkTarget): CertificateTrust {
  return pin === undefined ? {} : { pin, chain: ca !== undefined };
}

function tlsOf({ ca, cert, key }: LinkTarget): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** Id of the problem that {@link certificateRefused} describes. */
export const certificateProblem = 'federation.certificate';

const remedies: Readonly<Record<TlsCheck, string>> = {
  chain:
    'Set federation.caFile to the PEM file of its authority; or ask whoever runs the broker for its fingerprint, and set federation.pin to it when it is this one.',
  name: 'Use the name that is in the certificate in federation.brokerUrl, or look whether this is the right broker.',
  expiry: 'Renew the certificate on the broker, or set the clock of this machine.',
  pin: 'Either the broker has a new key, or somebody stands between this node and it. Ask whoever runs the broker; only when the shown fingerprint is the one they name, set federation.pin to it.',
};

/** The alert for a broker whose certificate was refused (security.md row 30): which check failed, both prints, and what to do. */
export function certificateRefused({ check, why }: CertificateFault): ProblemReport {
  return {
    id: certificateProblem,
    severity: 'crit',
    title: `The MQTT broker was refused: the check of its certificate failed (${check})`,
    detail: `Nothing was sent: ${why}. ${remedies[check]} The node tries again every five minutes.`,
    view: '/settings?section=federation',
  };
}
