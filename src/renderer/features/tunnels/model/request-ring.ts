/** The requests that the live list holds: newest first, each once with its newest state, bounded. */
import type { TunnelRequest } from '../../../../common/contract/tunnels.ts';

/** Requests kept in the list; older ones leave. */
export const mostRequests = 1_000;

interface Kept {
  readonly request: TunnelRequest;
  /** The how manieth that came. */
  readonly arrival: number;
}

export class RequestRing {
  readonly #byId = new Map<string, Kept>();
  #arrivals = 0;
  #left = 0;

  /** Takes an answer of the node in, in the order of its revisions. @returns whether anything changed */
  take(requests: readonly TunnelRequest[]): boolean {
    let changed = false;
    for (const request of requests) {
      const known = this.#byId.get(request.requestId);
      if (known !== undefined && known.request.revision >= request.revision) continue;
      this.#byId.set(request.requestId, { request, arrival: known?.arrival ?? ++this.#arrivals });
      changed = true;
    }
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= mostRequests) break;
      this.#byId.delete(id);
      this.#left++;
    }
    return changed;
  }

  /** Requests that came so far. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Requests that have left the list. */
  get left(): number {
    return this.#left;
  }

  clear(): void {
    this.#byId.clear();
    this.#arrivals = 0;
    this.#left = 0;
  }

  /** Newest first. @param upTo only those that had come when so many had */
  rows(upTo = Number.POSITIVE_INFINITY): readonly TunnelRequest[] {
    const rows: Kept[] = [];
    for (const kept of this.#byId.values()) if (kept.arrival <= upTo) rows.push(kept);
    return rows.toSorted((a, b) => b.request.at - a.request.at || b.arrival - a.arrival).map(({ request }) => request);
  }
}
