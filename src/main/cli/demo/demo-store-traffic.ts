import type { DemoVisitor } from './demo-node.ts';
import type { DemoTimers } from './demo-timers.ts';

const noteEveryMs = 20_000;
const contacts = ['Ines, +41 44 000 00 01', 'Jonas, +41 44 000 00 02', 'Mara, +41 44 000 00 03'] as const;
const notes = ['Tool 4 changed', 'Filter cleaned', 'Line 2 waits for parts', 'All quiet', 'Press 9 at reduced speed'] as const;

/** What people of the yard keep by name: whom to call at each site, and what the last shift left to the next, with copies at the others. */
export class DemoStoreTraffic {
  readonly #visitors: readonly DemoVisitor[];
  readonly #timers: DemoTimers;
  #note = 0;

  constructor(visitors: readonly DemoVisitor[], timers: DemoTimers) {
    this.#visitors = visitors;
    this.#timers = timers;
  }

  start(): void {
    for (const [index, visitor] of this.#visitors.entries()) this.#put(visitor, 'site/contact', contacts[index % contacts.length] ?? '');
    for (const visitor of this.#visitors.slice(0, contacts.length)) this.#leaveNote(visitor);
  }

  #leaveNote(visitor: DemoVisitor): void {
    this.#put(visitor, 'shift/note', notes[this.#note++ % notes.length] ?? '');
    this.#timers.after(noteEveryMs * (0.5 + Math.random()), () => this.#leaveNote(visitor));
  }

  /** The demo goes on whatever a single call does; its errors are part of the picture. */
  #put({ node, client }: DemoVisitor, key: string, value: string): void {
    const others = this.#visitors.filter((visitor) => visitor.node !== node).slice(0, 2);
    client.call('store.put', { key, value, replicas: others.map((visitor) => visitor.node.nodeId) }).catch(() => undefined);
  }
}
