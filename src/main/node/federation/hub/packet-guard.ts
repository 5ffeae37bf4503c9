/** Why the hub ends a connection; also the label of its counter. */
export type HubRefusal =
  | 'not-connect'
  | 'second-connect'
  | 'bad-length'
  | 'too-large'
  | 'bad-packet-type'
  | 'slow-packet'
  | 'slow-reader'
  | 'too-many-connections'
  | 'protocol-error';

const connectType = 1;
/** Type 0 is forbidden, 15 (AUTH) belongs to MQTT 5, which the broker behind does not speak. */
const reservedTypes: ReadonlySet<number> = new Set([0, 15]);
const continuationBit = 0x80;
const longestLengthBytes = 4;

/**
 * Walks over the control packets of one connection without building them, so that a packet is refused from its header alone:
 * the broker behind would gather up to 256 MiB before it looked (security.md F11, rows 21 and 22).
 */
export class PacketGuard {
  readonly #before: number;
  readonly #after: number;
  /** True once the broker has answered CONNECT with success: the larger bound holds. */
  accepted = false;
  #connectSeen = false;
  /** Bytes of the running packet still to come; undefined while its length is read. */
  #bodyLeft: number | undefined = 0;
  #length = 0;
  #lengthBytes = 0;

  /**
   * @param beforeBytes largest packet until `accepted`
   * @param afterBytes largest packet from then on
   */
  constructor(beforeBytes: number, afterBytes: number) {
    this.#before = beforeBytes;
    this.#after = afterBytes;
  }

  /** True between the first and the last byte of a packet. */
  get insidePacket(): boolean {
    return this.#bodyLeft !== 0;
  }

  /** Looks at the next bytes of the connection. Returns why they must not be let through, or undefined. */
  check(chunk: Uint8Array): HubRefusal | undefined {
    let index = 0;
    while (index < chunk.length) {
      if (this.#bodyLeft === undefined) {
        const refusal = this.#readLength(chunk[index++] as number);
        if (refusal !== undefined) return refusal;
      } else if (this.#bodyLeft > 0) {
        const step = Math.min(this.#bodyLeft, chunk.length - index);
        this.#bodyLeft -= step;
        index += step;
      } else {
        const refusal = this.#beginPacket((chunk[index++] as number) >> 4);
        if (refusal !== undefined) return refusal;
      }
    }
    return undefined;
  }

  #beginPacket(type: number): HubRefusal | undefined {
    if (reservedTypes.has(type)) return 'bad-packet-type';
    if (type === connectType) {
      if (this.#connectSeen) return 'second-connect';
      this.#connectSeen = true;
    } else if (!this.#connectSeen) return 'not-connect';
    this.#bodyLeft = undefined;
    this.#length = 0;
    this.#lengthBytes = 0;
    return undefined;
  }

  /** The variable byte integer of MQTT 3.1.1, section 2.2.3: seven bits a byte, the lowest first, at most four bytes. */
  #readLength(byte: number): HubRefusal | undefined {
    this.#length += (byte & ~continuationBit) * 128 ** this.#lengthBytes;
    this.#lengthBytes++;
    if (this.#length > (this.accepted ? this.#after : this.#before)) return 'too-large';
    if ((byte & continuationBit) === 0) this.#bodyLeft = this.#length;
    else if (this.#lengthBytes >= longestLengthBytes) return 'bad-length';
    return undefined;
  }
}
