import type { MembershipPart } from '../../membership/index.ts';
import type { MemberSource } from './node-peer-trust.ts';

/** How often it is looked whose membership has run out. */
const expiryCheckMs = 30_000;

/** The members of this node's cluster, from its membership log. @param nowMs milliseconds since the epoch */
export function membershipSource(part: Pick<MembershipPart, 'trust' | 'trustIfStarted' | 'onChange'>, nowMs: () => number): MemberSource {
  return {
    clusterId: () => part.trust.require().log.clusterId,
    memberOf: (publicKey) => part.trust.require().memberOf(publicKey, nowMs()),
    keys: () => {
      const members = part.trustIfStarted?.membership?.log.state.members.values() ?? [];
      const now = nowMs();
      return [...members].filter(({ notAfterMs }) => notAfterMs === 0 || notAfterMs > now).map(({ key }) => key);
    },
    onChange: (listener) => {
      const stop = part.onChange((change) => {
        if (change === 'members' || change === 'cluster') listener();
      });
      const timer = setInterval(listener, expiryCheckMs).unref();
      return () => {
        clearInterval(timer);
        stop();
      };
    },
  };
}
