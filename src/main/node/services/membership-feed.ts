import type { Discovery } from '../discovery/index.ts';
import type { MembershipChange, MembershipPart } from '../membership/index.ts';
import type { Startable } from '../startable.ts';

/** Says that something of the membership is another than before; who shows it reads it again. */
export const membershipTopic = '/membership';
/** Changes of one kind in that time are told once. */
const beatMs = 250;

/**
 * Tells screens what to read again, and keeps the local network, the links and each other informed of what concerns both.
 *
 * @param publish to the clients of this node; what changed goes out, never what it is: who reads it needs the role for it
 */
export function createMembershipFeed(
  { membership, discovery }: { readonly membership: MembershipPart; readonly discovery: Discovery },
  publish: (topic: string, data: { readonly change: MembershipChange | 'nearby' }) => void,
): Startable {
  const timers = new Map<MembershipChange | 'nearby', NodeJS.Timeout>();
  const stops: (() => void)[] = [];
  const tell = (change: MembershipChange | 'nearby') => {
    if (timers.has(change)) return;
    const send = () => {
      timers.delete(change);
      publish(membershipTopic, { change });
    };
    timers.set(change, setTimeout(send, beatMs).unref());
  };
  return {
    start: () => {
      stops.push(
        membership.onChange((change) => {
          tell(change);
          // The network is told by which name, role and port this node is found now.
          if (change === 'cluster' || change === 'members') discovery.refresh();
        }),
        discovery.listen({
          heard: ({ shortId }) => membership.links?.found(shortId),
          changed: () => tell('nearby'),
          networksChanged: () => membership.links?.ownAddressesChanged(),
        }),
      );
      return Promise.resolve();
    },
    stop: () => {
      for (const stop of stops.splice(0)) stop();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      return Promise.resolve();
    },
  };
}
