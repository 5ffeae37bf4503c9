import { randomBytes } from 'node:crypto';
import type { Logger, Problems } from '../telemetry/index.ts';
import { federationLimits } from './limits.ts';
import type { LinkMessage } from './link-message.ts';
import type { LinkSession } from './mqtt-link.ts';
import { compareSessions, formats, type Health, type PresenceMessage } from './presence-message.ts';

const duplicateProblem = 'federation.duplicateIdentity';
const lookEveryMs = 2_000;
/** Load is announced when it has moved by this much, so that a busy node does not write its status all the time. */
const loadStep = 8;
const loadRatio = 0.25;

/** What a node says of itself beside who it is. */
export interface SelfDescription {
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly health: Health;
  readonly load: number;
}

export interface PresenceOptions {
  readonly nodeId: string;
  readonly publicKey: Uint8Array;
  readonly version: string;
  readonly self: () => SelfDescription;
  /** Topic of this node's status. */
  readonly topic: string;
  readonly publish: (message: LinkMessage) => boolean;
  /** What this node says of itself is new: whoever hears it another way is told there. */
  readonly onAnnounced: () => void;
  /** Signs what is said, as long as there is a cluster to sign it for. */
  readonly sign: (presence: PresenceMessage) => PresenceMessage;
  /** Another session of this node is newer: this one must go. Resolves the link's end. */
  readonly yield: () => void;
  /** Makes the epoch higher than one that was seen, and durable. */
  readonly raiseEpoch: (above: number) => Promise<number>;
  /** Makes a new connection: a will is fixed when one is made. */
  readonly reconnect: () => void;
  readonly logger: Logger;
  readonly problems: Problems;
  readonly nowMs: () => number;
}

/** This node's own retained status: said at each connection, renewed when it changes, defended against older sessions. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #instance = randomBytes(6).toString('hex');
  #epoch = 0;
  #session = 0;
  #sinceMs = 0;
  #connected = false;
  #announced: SelfDescription | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  get epoch(): number {
    return this.#epoch;
  }

  start(epoch: number): void {
    this.#epoch = epoch;
    this.#sinceMs = this.#options.nowMs();
    this.#announced = this.#options.self();
    this.#timer = setInterval(() => this.#renew(), lookEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#connected = false;
  }

  /** The next connection: a new session, with the will that ends it and no other. */
  nextSession(): LinkSession {
    this.#session++;
    this.#sinceMs = this.#options.nowMs();
    return {
      clientId: `${this.#options.nodeId}-${this.#instance}-${this.#session}`,
      will: this.#message('offline'),
    };
  }

  /** The connection is made and the inbox is open. */
  connected(): void {
    this.#connected = true;
    this.announce();
  }

  disconnected(): void {
    this.#connected = false;
  }

  /** Says how things are, now. */
  announce(): void {
    this.#announced = this.#options.self();
    if (this.#connected) this.#options.publish(this.#message('online'));
    this.#options.onAnnounced();
  }

  /** What is said of this node now, signed; undefined before its start is counted. */
  current(): PresenceMessage | undefined {
    return this.#epoch === 0 ? undefined : this.#describe('online');
  }

  /** What is said when the node leaves on purpose. */
  farewell(): LinkMessage {
    this.#connected = false;
    return this.#message('offline');
  }

  /**
   * A status under this node's own id came in.
   *
   * @param retained true: kept from some time ago, perhaps of an earlier start; false: said just now
   */
  heardOwn(heard: PresenceMessage, retained: boolean): void {
    const mine = { epoch: this.#epoch, session: this.#session, instance: this.#instance, since: this.#sinceMs };
    if (heard.instance === this.#instance) {
      // A late will of an earlier connection has replaced the status that newcomers read.
      if (heard.status === 'offline') this.announce();
      return;
    }
    if (retained) {
      if (compareSessions(heard, mine) > 0) void this.#jumpAbove(heard.epoch);
      else if (heard.status === 'offline') this.announce();
      return;
    }
    if (heard.status === 'offline') {
      // The late will of a former start: no second session, but newcomers must not read it.
      this.announce();
      return;
    }
    const older = compareSessions(heard, mine) < 0;
    this.#alert(older);
    if (older) this.announce();
    else this.#giveWay();
  }

  /** A data folder restored from a backup counts from an old number; the newest connection is this one all the same (security.md row 39). */
  async #jumpAbove(epoch: number): Promise<void> {
    const { logger, raiseEpoch, reconnect } = this.#options;
    if (epoch - this.#epoch > federationLimits.epochJump) {
      logger.error('federation.epochNotRaised', 'The status that the broker kept under the id of this node is none of its own.', { epoch });
      this.announce();
      return;
    }
    logger.warn('federation.epochRaised', 'The broker knows a later start of this node than its own data folder.', { epoch });
    try {
      this.#epoch = await raiseEpoch(epoch);
    } catch (error) {
      logger.error('federation.epochNotRaised', 'Other nodes may take this one for an older start of itself.', { error });
      return;
    }
    // The will of the running connection is of the old epoch: nobody would believe it.
    reconnect();
  }

  #giveWay(): void {
    // Not retained, and of an older session, so that nobody but the other session takes note: it learns that this one was alive.
    this.#options.publish({ ...this.#message('online'), retain: false });
    this.#connected = false;
    this.#options.yield();
  }

  #alert(older: boolean): void {
    const { logger, problems, nodeId } = this.#options;
    logger.error('federation.duplicateIdentity', 'Two nodes use the same identity.', { nodeId, thisOneStays: older });
    problems.raise({
      id: duplicateProblem,
      // The one that stays works as before, and calls may go on to choose it.
      severity: older ? 'warn' : 'crit',
      title: older ? 'Another node used the identity of this one' : 'Another node uses the identity of this one',
      detail: `Two nodes connected as ${nodeId}, most likely because a data folder was copied. The one that started later stays connected: ${
        older ? 'this one' : 'the other'
      }. Stop one of them and give it a data folder of its own.`,
      view: '/nodes',
    });
  }

  #renew(): void {
    const said = this.#announced;
    if (said === undefined) return;
    const now = this.#options.self();
    const same =
      now.name === said.name &&
      now.health === said.health &&
      now.capabilities.join() === said.capabilities.join() &&
      Math.abs(now.load - said.load) < Math.max(loadStep, said.load * loadRatio);
    if (!same) this.announce();
  }

  #message(status: 'online' | 'offline'): LinkMessage {
    return { topic: this.#options.topic, payload: JSON.stringify(this.#describe(status)), qos: 1, retain: true };
  }

  #describe(status: 'online' | 'offline'): PresenceMessage {
    const { nodeId, publicKey, version, self, sign } = this.#options;
    const { name, capabilities, health, load } = self();
    return sign({
      serviceId: nodeId,
      status,
      version,
      name,
      capabilities: [...capabilities],
      health,
      load,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      since: this.#sinceMs,
      epoch: this.#epoch,
      session: this.#session,
      instance: this.#instance,
      formats: [...formats],
    });
  }
}
