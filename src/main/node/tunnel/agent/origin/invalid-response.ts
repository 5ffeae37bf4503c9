/** What the local service sent is not an answer that can be passed on. The message completes the sentence "The service broke the rules of HTTP: …". */
export class InvalidResponse extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'InvalidResponse';
  }
}
