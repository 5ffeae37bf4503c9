import { z } from 'zod';
import { aliasesOf, allMethods, type MethodSpec } from '../../../common/contract/index.ts';
import type { ActivityEntry, CatalogueEntry } from '../../../common/contract/rpc.ts';
import { allows, type Principal } from '../../../common/roles.ts';
import type { Handlers, Router } from '../router/index.ts';

const activityTopic = '/cluster/rpc';
const beatMs = 250;
const mostABeat = 200;
const mostSlowest = 20;

/** What the methods of the node are, and what they have been doing. Publishes the latest calls on `/cluster/rpc`. */
export function createRpcService(deps: { readonly router: Router }): Handlers<'rpc.catalogue' | 'rpc.activity'> {
  const { router } = deps;
  publishActivity(router);
  return {
    'rpc.catalogue': (_params, { principal }) => ({ methods: catalogue(router, principal) }),
    'rpc.activity': ({ limit, method, errorsOnly }) => ({
      entries: router.calls.entries({ limit, method, errorsOnly }),
      slowest: router.calls.slowest({ limit: mostSlowest, method, errorsOnly }),
      methods: router.calls.methods(),
      totals: { ...router.calls.totals(), inFlight: router.inFlight },
      dropped: router.calls.dropped,
    }),
  };
}

type Described = Omit<CatalogueEntry, 'allowed'>;

/** Made once: the contract does not change while the node runs. */
const described = new Map<string, Described>();

function catalogue(router: Router, principal: Principal): CatalogueEntry[] {
  const entries: CatalogueEntry[] = [];
  for (const [method, spec] of allMethods()) {
    if (!router.offers(method)) continue;
    entries.push({ ...entryOf(method, spec), allowed: allows(principal.roles, spec.role) });
  }
  return entries;
}

function entryOf(method: string, spec: MethodSpec): Described {
  let entry = described.get(method);
  if (entry === undefined) {
    const dot = method.indexOf('.');
    entry = {
      method,
      // The plain names of the first system belong to events.
      service: dot === -1 ? 'events' : method.slice(0, dot),
      help: spec.help,
      role: spec.role,
      effect: spec.effect,
      aliases: [...aliasesOf(method)],
      params: z.toJSONSchema(spec.params, { io: 'input' }),
      result: z.toJSONSchema(spec.result),
      example: spec.example === undefined ? null : { ...spec.example },
      secretParams: [...(spec.secretParams ?? [])],
    };
    described.set(method, entry);
  }
  return entry;
}

/** While somebody listens, the calls of each quarter of a second go out together. */
function publishActivity(router: Router): void {
  let waiting: ActivityEntry[] = [];
  let skipped = 0;
  let timer: NodeJS.Timeout | undefined;
  let unlisten: (() => void) | undefined;
  const beat = () => {
    timer = undefined;
    const entries = waiting;
    const lost = skipped;
    waiting = [];
    skipped = 0;
    router.publish(activityTopic, { entries, skipped: lost });
  };
  router.onDemand(activityTopic, (wanted) => {
    unlisten?.();
    clearTimeout(timer);
    timer = undefined;
    waiting = [];
    if (!wanted) return;
    unlisten = router.calls.onEntry((entry) => {
      if (waiting.length >= mostABeat) {
        waiting.shift();
        skipped++;
      }
      waiting.push(entry);
      timer ??= setTimeout(beat, beatMs).unref();
    });
  });
}
