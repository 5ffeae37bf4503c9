import { isLoopback } from '../loopback.ts';
import { type Check, passed } from './check.ts';

const federationSettings = '/settings?section=federation';

export type BrokerFacts =
  | { readonly mode: 'off' }
  /** @property fault why the embedded broker does not run */
  | { readonly mode: 'hub'; readonly url: string; readonly fault: string | null }
  | {
      readonly mode: 'external';
      readonly url: string;
      readonly state: 'off' | 'connecting' | 'connected' | 'waiting';
      /** Why the last attempt failed. */
      readonly error: string | null;
    };

/** The MQTT broker: none, the embedded one, or another, with its certificate. */
export function checkBroker(facts: BrokerFacts): Check {
  if (facts.mode === 'off') return passed('broker', 'No MQTT broker is used', 'Members of a cluster talk over direct links.');
  if (facts.mode === 'hub') {
    if (facts.fault === null) return passed('broker', `The embedded MQTT broker runs at ${facts.url}`);
    return failed('The embedded MQTT broker does not run', facts.fault, 'Set federation.port to a free one and restart the node.');
  }
  return checkExternal(facts);
}

function checkExternal({ url, state, error }: Extract<BrokerFacts, { mode: 'external' }>): Check {
  const { protocol, hostname } = new URL(url);
  const encrypted = protocol === 'mqtts:' || protocol === 'wss:';
  if (state === 'connected') {
    if (encrypted) return passed('broker', `Connected to the MQTT broker ${url}`, 'Its certificate is valid.');
    if (isLoopback(hostname)) return passed('broker', `Connected to the MQTT broker ${url}`, 'It runs on this computer.');
    return {
      id: 'broker',
      state: 'warn',
      title: `The connection to the MQTT broker ${url} is not encrypted`,
      detail: 'What nodes say to each other is signed and sealed all the same, but everybody on the way sees who talks to whom.',
      fix: 'Give the broker a certificate and set federation.brokerUrl to mqtts://.',
      view: federationSettings,
    };
  }
  if (state === 'waiting') return failed(`The MQTT broker ${url} is not reached`, error, brokerFix(error ?? ''));
  return { id: 'broker', state: 'unknown', title: `Connecting to the MQTT broker ${url}`, detail: null, fix: null, view: null };
}

/** What mends a failed connection, by the words of the system and of the TLS library. */
const fixes: readonly (readonly [RegExp, string])[] = [
  [
    /pinned/i,
    'Ask whoever runs the broker whether its certificate was renewed with a new key. Only when the new fingerprint is the one they name, set federation.pin to it.',
  ],
  [
    /expired/i,
    'The certificate of the broker has ended, or the clock of this computer is wrong. Renew it on the broker, or set the clock.',
  ],
  [/not yet valid/i, 'The certificate of the broker is not valid yet: compare the clocks of the broker and of this computer.'],
  [
    /altname|does not match/i,
    'The certificate is for another name. Use the name that is in it in federation.brokerUrl, or look whether this is the right broker.',
  ],
  [
    /self.signed|unable to (get|verify)|certificate/i,
    'The certificate of the broker is signed by nobody this computer trusts. Set federation.caFile to the PEM file of its authority.',
  ],
  [/cannot be read/i, 'Look whether the file exists and this user may read it.'],
  [/not authori[sz]ed|bad user ?name/i, 'Set federation.username and federation.passwordFile to what the broker expects.'],
  [/ECONNREFUSED/, 'Nothing listens there. Start the broker, or correct federation.brokerUrl.'],
  [/ENOTFOUND|EAI_AGAIN/, 'The name of the broker is not known here. Use its address in federation.brokerUrl.'],
];

/** @param error why the connection failed */
export function brokerFix(error: string): string {
  return (
    fixes.find(([words]) => words.test(error))?.[1] ??
    'Look whether the broker runs and this computer reaches it, and whether federation.brokerUrl is right.'
  );
}

function failed(title: string, detail: string | null, fix: string): Check {
  return { id: 'broker', state: 'fail', title, detail, fix, view: federationSettings };
}
