import { CurrentLink } from './current-link.ts';
import { LegacyLink } from './legacy-link.ts';
import { type LinkTiming, linkTiming } from './limits.ts';
import type { LinkSocket } from './socket.ts';
import type { LinkEvents, TunnelLink } from './types.ts';

export interface LinkOptions {
  readonly role: 'gateway' | 'agent';
  /** `v1`: the sub-protocol was agreed on; `legacy`: the other end is of the first system. */
  readonly protocol: 'v1' | 'legacy';
  /** Open and signed in. It may be paused; the link resumes it. */
  readonly socket: LinkSocket;
  readonly events: LinkEvents;
  /** Frames that came after the sign-in and before this call. */
  readonly firstFrames?: readonly Uint8Array[];
  readonly timing?: Partial<LinkTiming>;
}

/** Makes a link of a connection on which gateway and agent have signed in. It lives until `onEnd`. */
export function createLink({ role, protocol, socket, events, firstFrames = [], timing = {} }: LinkOptions): TunnelLink {
  const options = { role, socket, events, firstFrames, timing: { ...linkTiming, ...timing } };
  return protocol === 'v1' ? new CurrentLink(options) : new LegacyLink(options);
}
