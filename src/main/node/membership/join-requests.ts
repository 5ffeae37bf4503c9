import { randomUUID } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import type { PeerChannel } from '../links/index.ts';
import { membershipLimits } from './limits.ts';

/** Who waits to be let in, as an admin sees it. */
export interface JoinCandidate {
  /** number: it asked without a code; code: it has shown one. */
  readonly kind: 'number' | 'code';
  readonly publicKey: Uint8Array;
  readonly name: string;
  /** Where it asks from. */
  readonly address: string;
  /** Bits of `nodeRoles` that its code gives; undefined: the admin says it. */
  readonly roles: number | undefined;
}

/** A candidate and what is done with it. */
export interface JoinApplication extends JoinCandidate {
  /** How long it waits. */
  readonly waitMs: number;
  /** It waits from now on. */
  readonly onWaiting: () => void;
  /** Checks what the admin typed; one attempt. @throws SignalboxError `INVITE_INVALID` */
  readonly check: (number: string | undefined) => void;
  /** Adds it as a member. @returns the answer to it, when the member is durable */
  readonly add: (roles: number) => Promise<Uint8Array>;
}

export interface WaitingJoin extends JoinCandidate {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly askedMs: number;
  readonly expiresMs: number;
}

interface Waiting {
  readonly entry: WaitingJoin;
  readonly application: JoinApplication;
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: SignalboxError) => void;
}

export interface JoinRequestsOptions {
  readonly nowMs: () => number;
  /** Somebody came or went. */
  readonly onChange: () => void;
}

/** Nodes that wait until an admin of this node lets them in (security.md 2.4). */
export class JoinRequests {
  readonly #options: JoinRequestsOptions;
  readonly #waiting = new Map<string, Waiting>();

  constructor(options: JoinRequestsOptions) {
    this.#options = options;
  }

  /** The oldest first. */
  list(): readonly WaitingJoin[] {
    return [...this.#waiting.values()].map(({ entry }) => entry);
  }

  /**
   * Waits for the admin.
   *
   * @param channel when it ends the request is over
   * @returns the answer to the new member
   * @throws SignalboxError `OVERLOADED` (too many wait), `FORBIDDEN` (refused), `TIMEOUT`, `NODE_LOST`, and what checking or adding throws
   */
  async decide(application: JoinApplication, channel: Pick<PeerChannel, 'onEnd'>): Promise<Uint8Array> {
    if (this.#waiting.size >= membershipLimits.joinRequests)
      throw new SignalboxError('OVERLOADED', 'Too many nodes ask to join there. Ask again later, or join with a code.', { executed: 'no' });
    const { kind, publicKey, name, address, roles, waitMs } = application;
    const requestId = randomUUID();
    const askedMs = this.#options.nowMs();
    const entry = { requestId, kind, publicKey, name, address, roles, askedMs, expiresMs: askedMs + waitMs };
    const timer = setTimeout(() => this.#end(requestId, timedOut()), waitMs).unref();
    try {
      return await new Promise<Uint8Array>((resolve, reject) => {
        this.#waiting.set(requestId, { entry, application, resolve, reject });
        channel.onEnd((reason) => this.#end(requestId, reason));
        application.onWaiting();
        this.#options.onChange();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Lets a node in.
   *
   * @param number what the admin typed
   * @param roles bits of `nodeRoles`, for a node without a code
   * @returns who was let in, with its roles
   * @throws SignalboxError `NOT_FOUND`, `INVITE_INVALID` (other digits: the request is over), and as adding a member
   */
  async admit(requestId: string, number: string | undefined, roles: number): Promise<JoinCandidate & { readonly roles: number }> {
    const { entry, application, resolve, reject } = this.#take(requestId);
    try {
      application.check(number);
      const given = entry.roles ?? roles;
      resolve(await application.add(given));
      return { ...entry, roles: given };
    } catch (error) {
      const refusal =
        error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'Letting the node in failed.', { cause: error });
      reject(refusal);
      throw refusal;
    }
  }

  /** Sends a node away. @throws SignalboxError `NOT_FOUND` */
  refuse(requestId: string): void {
    this.#take(requestId).reject(new SignalboxError('FORBIDDEN', 'An admin of the cluster has refused this node.', { executed: 'no' }));
  }

  /** Sends everybody away: the door closes. */
  endAll(): void {
    for (const requestId of this.#waiting.keys())
      this.#end(requestId, new SignalboxError('NODE_LOST', 'The node stops.', { executed: 'no' }));
  }

  /** Whoever is decided about waits no more. */
  #take(requestId: string): Waiting {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined)
      throw new SignalboxError('NOT_FOUND', 'This request to join is over, or there was none. The node can ask again.', { executed: 'no' });
    this.#waiting.delete(requestId);
    this.#options.onChange();
    return waiting;
  }

  #end(requestId: string, reason: SignalboxError): void {
    if (this.#waiting.has(requestId)) this.#take(requestId).reject(reason);
  }
}

function timedOut(): SignalboxError {
  return new SignalboxError('TIMEOUT', 'No admin has decided about this node in time. Ask again.', { executed: 'no' });
}
