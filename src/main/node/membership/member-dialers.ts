import type { SignalboxError } from '../../../common/errors.ts';
import { shortNodeId } from '../../../common/ids.ts';
import { nodeIdOf } from '../identity/index.ts';
import { dialLink, type HandshakeParty, type Link, type LinkLimits } from '../links/index.ts';
import { type Logger, RepeatSampler } from '../telemetry/index.ts';
import { type Address, type Contacts, formatAddress, isSameAddress } from './contacts.ts';
import { MemberDialer } from './member-dialer.ts';

export interface MemberDialersOptions {
  readonly contacts: Contacts;
  readonly party: HandshakeParty;
  readonly limits: LinkLimits;
  /** Where a node that may be the member was heard of on the local network: tried after what is known. */
  readonly nearby: (member: Uint8Array) => readonly Address[];
  readonly isLinked: (member: Uint8Array) => boolean;
  readonly onLink: (link: Link, address: Address) => void;
  /** A member could not be linked. @param name hex of its key */
  readonly onFailure: (name: string) => void;
  /** Another member says that this node was removed from the cluster. */
  readonly onRevoked: (reason: SignalboxError) => void;
  readonly logger: Logger;
}

/** Dials the members that are to be linked, each by a dialler of its own. Members go by the hex text of their keys. */
export class MemberDialers {
  readonly #options: MemberDialersOptions;
  readonly #dialers = new Map<string, MemberDialer>();
  readonly #failures = new Map<string, SignalboxError>();
  readonly #said = new RepeatSampler();

  constructor(options: MemberDialersOptions) {
    this.#options = options;
  }

  /** Dials these from now on, and nobody else. @param isMember whose failures are still of interest */
  follow(wanted: ReadonlySet<string>, isMember: (name: string) => boolean): void {
    for (const [name, dialer] of this.#dialers) {
      if (wanted.has(name)) continue;
      dialer.stop();
      this.#dialers.delete(name);
    }
    for (const name of this.#failures.keys()) if (!isMember(name)) this.#failures.delete(name);
    for (const name of wanted) {
      if (this.#dialers.has(name)) continue;
      const dialer = this.#create(name);
      this.#dialers.set(name, dialer);
      dialer.wake();
    }
  }

  stop(): void {
    for (const dialer of this.#dialers.values()) dialer.stop();
  }

  /** Why the member could not be reached; undefined while it is linked or was not dialled. */
  failureOf(name: string): SignalboxError | undefined {
    return this.#failures.get(name);
  }

  linked(name: string): void {
    this.#failures.delete(name);
  }

  /** Its link was lost: it is dialled after a pause. */
  lost(name: string, reason: SignalboxError): void {
    this.#failures.set(name, reason);
    this.#dialers.get(name)?.lost();
  }

  /** Its link was refused, and would be again: it is dialled after a long pause. */
  refused(name: string, reason: SignalboxError): void {
    this.#failures.set(name, reason);
    this.#dialers.get(name)?.rest();
  }

  /** Dials a member now, if it is to be linked and is not. */
  wake(name: string): void {
    if (!this.#options.isLinked(Buffer.from(name, 'hex'))) this.#dialers.get(name)?.wake();
  }

  /** Dials now whoever is to be linked and is not. */
  wakeAll(): void {
    for (const name of this.#dialers.keys()) this.wake(name);
  }

  #create(name: string): MemberDialer {
    const { contacts, party, limits, nearby, isLinked, onLink, onFailure, onRevoked } = this.#options;
    const member = Buffer.from(name, 'hex');
    return new MemberDialer({
      addresses: () => {
        const known = contacts.addressesOf(member);
        return [...known, ...nearby(member).filter((address) => !known.some((other) => isSameAddress(other, address)))];
      },
      dial: ({ host, port }, signal) => dialLink({ host, port, publicKey: member }, party, limits, signal),
      isLinked: () => isLinked(member),
      onLink,
      onFailure: (error) => {
        this.#failures.set(name, error);
        if (error.code === 'REVOKED') onRevoked(error);
        this.#sayFailure(member, error);
        onFailure(name);
      },
    });
  }

  #sayFailure(member: Uint8Array, error: SignalboxError): void {
    const nodeId = nodeIdOf(member);
    const suppressed = this.#said.take(`${nodeId} ${error.code}`);
    if (suppressed === undefined) return;
    const addresses = this.#options.contacts.addressesOf(member).map(formatAddress);
    this.#options.logger.warn('links.notLinked', 'A member could not be linked.', { nodeId, addresses, error, suppressed });
  }
}

/** True when a node that was heard of may be the member: short ids are no proof. */
export function mayBe(name: string, shortId: string): boolean {
  return shortNodeId(nodeIdOf(Buffer.from(name, 'hex'))) === shortId;
}
