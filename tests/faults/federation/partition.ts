import type { SignalboxError } from '../../../src/common/errors.ts';
import { type FarNode, startFarNode } from '../../helpers/far-process.ts';
import { failure } from '../../helpers/federated-router.ts';

/** A network between two nodes and a broker that can be cut before one of them. */
export interface Ground {
  /** How the node that stays reaches the broker, and the one that is cut off. */
  readonly stays: Place;
  readonly isCutOff: Place;
  /** Carries nothing in either direction any more, and says nothing. */
  cut(): Promise<void> | void;
  heal(): Promise<void> | void;
}

export interface Place {
  readonly url: string;
  /** A program and its arguments that run the node there. */
  readonly through?: readonly string[];
}

/** What the two nodes said, from the side of each. */
export interface PartitionReport {
  readonly stays: SideReport;
  readonly isCutOff: SideReport;
}

interface SideReport {
  /** Code and `executed` of what ran when the network was cut. */
  readonly running: string;
  /** The same of a call asked afterwards. */
  readonly asked: string;
  /** Events of the other side's topic: one before, one after. */
  readonly events: readonly unknown[];
  /** Writes of the other side that took effect here, in order. */
  readonly effects: readonly string[];
}

const longMs = 600_000;

/** Cuts one of two nodes off while each works for the other, looks at how that ends, and heals the network. */
export async function cutOff(ground: Ground): Promise<PartitionReport> {
  // A node that a busy machine lets wait for half as long is not yet gone.
  const keepaliveSeconds = 2;
  const [stays, isCutOff] = await Promise.all([
    startFarNode({ name: 'stays', keepaliveSeconds, ...ground.stays }),
    startFarNode({ name: 'cut-off', keepaliveSeconds, ...ground.isCutOff }),
  ]);
  const sides = [new Side(stays, isCutOff), new Side(isCutOff, stays)] as const;
  const both = <T>(act: (side: Side) => Promise<T>) => Promise.all(sides.map(act));
  await both((side) => side.own.untilSees(side.other.nodeId, 'online'));
  await both((side) => side.own.subscribe(`${side.other.nodeId}/site/tick`));
  await both((side) => side.own.untilWanted(1));
  await both((side) => side.exchange('before'));
  const running = both((side) => side.fail('config.get', {}));
  await both((side) => side.own.untilRunning());

  await ground.cut();
  const ended = await running;
  await stays.untilSees(isCutOff.nodeId, 'offline');
  await isCutOff.untilSees(stays.nodeId, 'unknown');
  const asked = await both((side) => side.fail('logs.setLevel', { name: 'during', level: 'info' }));

  await ground.heal();
  await both((side) => side.own.untilSees(side.other.nodeId, 'online'));
  await both((side) => side.own.untilWanted(2));
  await both((side) => side.exchange('after'));
  const [ofStays, ofCutOff] = await Promise.all(
    sides.map(async ({ own, events }, index) => ({
      running: ended[index] ?? '',
      asked: asked[index] ?? '',
      events,
      effects: await own.effects(),
    })),
  );
  return { stays: ofStays as SideReport, isCutOff: ofCutOff as SideReport };
}

/** One node, and what it has to do with the other. */
class Side {
  readonly own: FarNode;
  readonly other: FarNode;
  readonly events: unknown[] = [];

  constructor(own: FarNode, other: FarNode) {
    this.own = own;
    this.other = other;
  }

  /** A write there, and an event from there. */
  async exchange(text: string): Promise<void> {
    await this.own.call(this.other.nodeId, 'logs.setLevel', { name: text, level: 'info' }, longMs);
    this.other.publish('/site/tick', text);
    const { data } = await this.own.nextEvent();
    this.events.push(data);
  }

  async fail(method: string, params: Readonly<Record<string, unknown>>): Promise<string> {
    const { code, executed }: SignalboxError = await failure(this.own.call(this.other.nodeId, method, params, longMs));
    return `${code} ${executed}`;
  }
}
