import type { KnownKeys, Signer } from '../identity/index.ts';
import { createThrowawayCertificate, type HandshakeParty, type Link, LinkDoor, linkLimits } from '../links/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { Admission } from './admission.ts';
import { AskHost } from './ask-host.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import { JoinHost } from './join-host.ts';
import type { JoinRequests } from './join-requests.ts';

export interface MemberDoorOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly trust: ClusterTrust;
  readonly identity: Signer;
  readonly keys: KnownKeys;
  readonly nowMs: () => number;
  readonly party: HandshakeParty;
  readonly requests: JoinRequests;
  /** Whether an admin lets in whoever has shown a code. */
  readonly mustConfirm: () => boolean;
  readonly onLink: (link: Link) => void;
  /** A code was used, or not rightly. */
  readonly onAttempt: () => void;
  /** A code has met too many wrong proofs. */
  readonly onBurned: (address: string) => void;
  readonly logger: Logger;
  readonly linkLogger: Logger;
}

/** The door of a member: for the links of other members, and for nodes that want to become one. */
export class MemberDoor {
  readonly #door: LinkDoor;
  readonly #options: MemberDoorOptions;
  #failure: string | null = null;
  #isOpen = false;

  private constructor(options: MemberDoorOptions, door: LinkDoor) {
    this.#options = options;
    this.#door = door;
  }

  static async create(options: MemberDoorOptions): Promise<MemberDoor> {
    const { host, port, party, onLink, onAttempt, onBurned, linkLogger } = options;
    const admission = new Admission({ ...options, limits: linkLimits });
    const joinHost = new JoinHost({
      ...options,
      admission,
      askHost: new AskHost({ ...options, admission }),
      onAttempt,
      onBurned: (_invite, address) => onBurned(address),
    });
    const door = new LinkDoor({
      host,
      port,
      certificate: await createThrowawayCertificate(),
      party,
      limits: linkLimits,
      logger: linkLogger,
      onLink,
      onJoin: (channel, proven) => joinHost.admit(channel, proven),
    });
    return new MemberDoor(options, door);
  }

  /** Where it listens; undefined while it does not. */
  get address(): { readonly host: string; readonly port: number } | undefined {
    return this.#isOpen ? this.#door.address : undefined;
  }

  /** Why it does not listen; null while it does. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Opens it. One that does not open is a problem of the node, not its end. */
  async start(): Promise<void> {
    const { host, port, logger } = this.#options;
    try {
      await this.#door.start();
      this.#isOpen = true;
    } catch (error) {
      this.#failure = `The address ${host}:${port} cannot be had (${(error as NodeJS.ErrnoException).code}).`;
      logger.error('links.notListening', 'The door for other nodes does not open.', { error });
    }
  }

  async stop(): Promise<void> {
    if (this.#isOpen) await this.#door.stop();
    this.#isOpen = false;
  }
}
