import type { ParamsOf } from '../../../common/contract/index.ts';
import type { DemoVisitor } from './demo-node.ts';
import type { DemoTimers } from './demo-timers.ts';

const orderEveryMs = 600;
const readingsEveryMs = 1_000;
const alarmEveryMs = 8_000;
const readEveryMs = 1_000;
/** Shipping works in shifts: what comes in its breaks waits, and is worked off after them. */
const shiftMs = 15_000;
const parts = ['bracket', 'flange', 'housing', 'spindle'] as const;
const alarms = ['Hydraulic pressure low', 'Door open', 'Tool worn', 'Coolant level low'] as const;

/** What machines and people of the yard do with its queues: orders and readings come in, some read at once, some late. */
export class DemoQueueTraffic {
  readonly #visitors: readonly DemoVisitor[];
  readonly #timers: DemoTimers;
  #order = 1;

  constructor(visitors: readonly DemoVisitor[], timers: DemoTimers) {
    this.#visitors = visitors;
    this.#timers = timers;
  }

  start(): void {
    for (const visitor of this.#visitors) this.#timers.every(readingsEveryMs, () => this.#measure(visitor));
    for (const visitor of this.#visitors.slice(0, 2)) this.#timers.every(orderEveryMs, () => this.#takeOrder(visitor));
    const clerk = this.#visitors.at(-1);
    if (clerk === undefined) return;
    this.#timers.every(alarmEveryMs, () => this.#raiseAlarm(clerk));
    this.#timers.every(readEveryMs, () => {
      this.#read(clerk, { queue: 'orders', clientId: 'billing', max: 50 });
      this.#read(clerk, { queue: 'readings', clientId: 'archive', max: 100 });
      this.#read(clerk, { queue: 'alarms', clientId: 'maintenance', max: 10 });
      if (Math.floor(performance.now() / shiftMs) % 2 === 0) this.#read(clerk, { queue: 'orders', clientId: 'shipping', max: 8 });
    });
  }

  #measure(visitor: DemoVisitor): void {
    const readings = Array.from({ length: 4 }, (_, sensor) => ({
      data: { sensor, celsius: Math.round((60 + 12 * Math.sin(performance.now() / 20_000 + sensor) + Math.random()) * 10) / 10 },
      key: visitor.node.name,
    }));
    this.#append(visitor, 'readings', readings);
  }

  #takeOrder(visitor: DemoVisitor): void {
    const part = parts[this.#order % parts.length];
    const data = { order: this.#order++, part, quantity: 10 * (1 + Math.floor(Math.random() * 40)), line: visitor.node.name };
    this.#append(visitor, 'orders', [{ data, key: part ?? null, headers: { source: 'planning' } }]);
  }

  #raiseAlarm(visitor: DemoVisitor): void {
    const text = alarms[Math.floor(Math.random() * alarms.length)];
    this.#append(visitor, 'alarms', [{ data: { text, machine: 1 + Math.floor(Math.random() * 9) }, headers: { severity: 'warning' } }]);
  }

  /** The demo goes on whatever a single call does: while there is no leader, its errors are part of the picture. */
  #append({ node, client }: DemoVisitor, queue: string, messages: ParamsOf<'queues.append'>['messages']): void {
    client.call('queues.append', { queue, messages, clientId: node.name }).catch(() => undefined);
  }

  #read({ client }: DemoVisitor, params: ParamsOf<'queues.read'>): void {
    client.call('queues.read', params).catch(() => undefined);
  }
}
