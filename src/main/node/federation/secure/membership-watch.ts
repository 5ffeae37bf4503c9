import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import { sameBytes } from '../../identity/index.ts';
import type { NodeDirectory } from '../node-directory.ts';
import type { ClusterView } from './cluster-view.ts';
import type { MemberSessions } from './member-sessions.ts';
import { keyOfNode } from './node-keys.ts';

export interface MembershipWatchOptions {
  readonly cluster: () => ClusterView | undefined;
  readonly directory: NodeDirectory;
  readonly sessions: MemberSessions;
  readonly acceptUnsigned: () => boolean;
  /** The node belongs to another cluster than before, or to none. */
  readonly clusterChanged: () => void;
}

/** Makes a change of the membership take effect at once: whoever does not belong here any more is let go, with everything that waits for it. */
export class MembershipWatch {
  readonly #options: MembershipWatchOptions;
  #clusterId: Uint8Array | undefined;
  #started = false;

  constructor(options: MembershipWatchOptions) {
    this.#options = options;
  }

  /** True for the id of a member, and of a node that was removed: neither is taken at its unsigned word. */
  isMember(nodeId: string): boolean {
    const view = this.#options.cluster();
    if (view === undefined) return false;
    const error = refusalOf(view, nodeId);
    return error === undefined || error.code === 'REVOKED';
  }

  /** Something about the membership is new; also once at the start. */
  changed(): void {
    const { cluster, sessions, clusterChanged } = this.#options;
    const view = cluster();
    // What links have brought before the start was proven in the cluster of now.
    const isAnother = this.#started && !sameOrNone(view?.clusterId, this.#clusterId);
    this.#clusterId = view?.clusterId;
    if (isAnother) sessions.forgetAll(new SignalboxError('NOT_MEMBER', 'This node is in another cluster now.', { executed: 'no' }));
    this.#letGo(view, isAnother);
    if (isAnother) clusterChanged();
    this.#started = true;
  }

  #letGo(view: ClusterView | undefined, isAnother: boolean): void {
    const { directory, sessions, acceptUnsigned } = this.#options;
    for (const nodeId of new Set([...sessions.nodeIds(), ...directory.all().map((node) => node.nodeId)])) {
      const node = directory.get(nodeId);
      const error = view === undefined ? undefined : refusalOf(view, nodeId);
      const signs = node?.secure === true || node?.presence.signature !== undefined;
      if (signs && !isAnother && error === undefined) continue;
      if (!signs && error?.code !== 'REVOKED' && acceptUnsigned()) continue;
      const reason = error ?? new SignalboxError('NOT_MEMBER', 'this node is in another cluster now', { executed: 'no' });
      sessions.forget(nodeId, reason);
      directory.forget(nodeId, lowerFirst(reason.message).replace(/\.$/, ''));
    }
  }
}

function sameOrNone(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameBytes(a, b);
}

/** Why the node of an id is no member; undefined when it is one. */
function refusalOf(view: ClusterView, nodeId: string): SignalboxError | undefined {
  try {
    view.memberOf(keyOfNode(nodeId));
    return undefined;
  } catch (error) {
    return SignalboxError.fromShape(toErrorShape(error));
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
