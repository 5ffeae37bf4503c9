import type { peersContract } from '../../../common/contract/peers.ts';
import type { PeersPart } from '../peers/index.ts';
import type { Handlers, Router } from '../router/index.ts';
import type { Startable } from '../startable.ts';

export const peersTopic = '/cluster/peers';
/** Changes of that time go out together. */
const beatMs = 500;
/** Peers in one event; `peers.list` has all. */
const mostShown = 1_000;

export interface PeersServiceOptions {
  readonly peers: PeersPart;
  /**
   * Keeps where a member may answer.
   *
   * @throws SignalboxError `INVALID_PARAMS` for what is no address, `NOT_MEMBER`
   */
  readonly learnAddress: (nodeId: string, address: string) => void;
}

/** The peers of this node: what a person does with them. */
export function createPeersService({ peers, learnAddress }: PeersServiceOptions): Handlers<keyof typeof peersContract> {
  return {
    'peers.list': () => ({ peers: peers.book.list(), removedAfterMs: peers.times.removedAfterMs }),
    'peers.get': ({ node }) => {
      const record = peers.book.find(node);
      return { peer: peers.book.info(record), history: record.history.samples(), events: [...record.events.list()] };
    },
    'peers.statistics': () => ({ peers: peers.book.health(), ...peers.communicator.totals(), recoveries: peers.recoveries }),
    'peers.topology': () => peers.topology.view(),
    'peers.add': async ({ node, address }) => {
      const { nodeId } = peers.book.identify(node);
      if (address !== undefined) learnAddress(nodeId, address);
      return peers.book.info(await peers.add(nodeId));
    },
    'peers.remove': async ({ node }) => ({ discarded: await peers.remove(node) }),
    'peers.probe': ({ node, priority }) => peers.probe(node, priority),
    'peers.discard': ({ node, priority }) => {
      const { nodeId } = peers.book.find(node);
      return { discarded: peers.communicator.discard(nodeId, priority) };
    },
    'peers.forgive': ({ node }) => peers.book.info(peers.forgive(node)),
  };
}

/** Publishes the list of peers when it changes; its last value is kept for whoever asks later. */
export function createPeersFeed(peers: PeersPart, router: Pick<Router, 'publish'>): Startable {
  let timer: NodeJS.Timeout | undefined;
  let unlisten: (() => void) | undefined;
  const send = () => {
    timer = undefined;
    const all = peers.book.list();
    router.publish(peersTopic, { peers: all.slice(0, mostShown), more: Math.max(0, all.length - mostShown) }, { retain: true });
  };
  return {
    start: () => {
      unlisten = peers.onChange(() => {
        timer ??= setTimeout(send, beatMs).unref();
      });
      send();
      return Promise.resolve();
    },
    stop: () => {
      unlisten?.();
      clearTimeout(timer);
      return Promise.resolve();
    },
  };
}
