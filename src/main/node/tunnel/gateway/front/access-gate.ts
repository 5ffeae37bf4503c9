import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { AccessRules } from '../../../../../common/contract/tunnels.ts';
import { networkOf } from '../../../accounts/index.ts';
import { TokenBucket } from '../../../trust/index.ts';

/** Why rules turned somebody away. */
export type AccessRefusal = 'address' | 'credentials' | 'rate';

/** Wrong passwords of one network in {@link guessWindowMs}; after them none is looked at until the time is over. */
const guesses = 20;
const guessWindowMs = 60_000;
/** Networks whose guesses are counted; the longest quiet one is forgotten first. */
const guessingNetworks = 4_096;

/** The rules of one tunnel or route, made ready to be asked for each request. */
export class AccessGate {
  readonly #addresses: BlockList | undefined;
  readonly #credentials: Buffer | undefined;
  readonly #bucket: TokenBucket | undefined;
  /** Wrong passwords by network. */
  readonly #guesses = new LRUCache<string, number>({ max: guessingNetworks, ttl: guessWindowMs });
  /** Seconds after which the next request may pass. */
  readonly retryAfterSeconds: number;

  /** @param nowMs on a clock that only goes forward */
  constructor(rules: AccessRules, nowMs: number) {
    this.#addresses = rules.allowedAddresses.length === 0 ? undefined : listOf(rules.allowedAddresses);
    this.#credentials =
      rules.basicAuth === null ? undefined : digest(Buffer.from(`${rules.basicAuth.username}:${rules.basicAuth.password}`, 'utf8'));
    const rate = rules.requestsPerSecond;
    // Within a second they may come all at once.
    this.#bucket = rate === null ? undefined : new TokenBucket(rate, Math.max(1, rate), nowMs);
    this.retryAfterSeconds = rate === null ? 1 : Math.max(1, Math.ceil(1 / rate));
  }

  /** Whether it asks for credentials: they are then not passed on. */
  get asksForCredentials(): boolean {
    return this.#credentials !== undefined;
  }

  /** @param address of the client's socket */
  allowsAddress(address: string): boolean {
    if (this.#addresses === undefined) return true;
    const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
    const version = isIP(plain);
    return version !== 0 && this.#addresses.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  }

  /** Addresses first, so that a stranger learns nothing of credentials and uses up no rate. */
  check(address: string, authorization: string | undefined, nowMs: number): AccessRefusal | undefined {
    if (!this.allowsAddress(address)) return 'address';
    const guess = this.#credentials === undefined ? undefined : this.#checkCredentials(address, authorization);
    if (guess !== undefined) return guess;
    return this.#bucket?.take(nowMs) === false ? 'rate' : undefined;
  }

  /** A browser's first request brings no credentials: it is no guess. */
  #checkCredentials(address: string, authorization: string | undefined): AccessRefusal | undefined {
    if (authorization === undefined) return 'credentials';
    const network = networkOf(address);
    const wrong = this.#guesses.get(network) ?? 0;
    if (wrong >= guesses) return 'rate';
    if (this.#isRight(authorization)) return undefined;
    this.#guesses.set(network, wrong + 1, { noUpdateTTL: true });
    return 'credentials';
  }

  #isRight(authorization: string): boolean {
    const given = /^basic +([a-z0-9+/=_-]{1,1024})$/i.exec(authorization)?.[1];
    return timingSafeEqual(digest(Buffer.from(given ?? '', 'base64')), this.#credentials as Buffer) && given !== undefined;
  }
}

/** The gates of rules: the same object has the same gate, so that a rate is of all who come in by these rules. */
export class AccessGates {
  readonly #gates = new WeakMap<AccessRules, AccessGate | 'open'>();

  /** @returns undefined: the rules ask for nothing */
  of(rules: AccessRules | undefined, nowMs: number): AccessGate | undefined {
    if (rules === undefined) return undefined;
    let gate = this.#gates.get(rules);
    if (gate === undefined) {
      const open = rules.basicAuth === null && rules.allowedAddresses.length === 0 && rules.requestsPerSecond === null;
      gate = open ? 'open' : new AccessGate(rules, nowMs);
      this.#gates.set(rules, gate);
    }
    return gate === 'open' ? undefined : gate;
  }
}

/** True for an address or a network that can be asked about. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Entries that are no networks allow nobody. */
function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks.filter(isNetwork)) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
