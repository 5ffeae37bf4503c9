/** The other end did what it must not; thrown while a frame is read, it ends the link. */
export class LinkFault extends Error {
  /** @param detail what it did, as the end of a sentence */
  constructor(detail: string) {
    super(`The other end broke the rules of the tunnel: ${detail}.`);
    this.name = 'LinkFault';
  }
}
