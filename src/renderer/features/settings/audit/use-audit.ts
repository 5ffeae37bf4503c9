import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { AuditEntry } from '../../../../common/contract/audit.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient, useNode } from '../../../state/node.ts';

export interface AuditFilter {
  readonly outcome: AuditEntry['outcome'] | undefined;
  /** A name of this node, or `name@node`. */
  readonly user: string;
  /** Beginning of the act. */
  readonly act: string;
}

export interface AuditPages {
  /** Newest first, all pages read so far. */
  readonly entries: readonly AuditEntry[];
  /** Entries of the whole table that match. */
  readonly total: number;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly failure: SignalboxError | undefined;
  readonly readMore: () => void;
  readonly readAgain: () => void;
}

const pageEntries = 100;

/** A name alone is a person of this node: the table keeps `name@node`. */
function paramsOf({ outcome, user, act }: AuditFilter, nodeId: string | undefined) {
  const name = user.trim();
  const whole = name === '' || name.includes('@') || nodeId === undefined ? name : `${name}@${nodeId}`;
  return {
    limit: pageEntries,
    ...(outcome !== undefined && { outcome }),
    ...(whole !== '' && { user: whole }),
    ...(act !== '' && { act }),
  };
}

/** The audit table, page by page. Another filter begins anew; entries that were added meanwhile come with `readAgain`. */
export function useAudit(filter: AuditFilter): AuditPages {
  const [pages, setPages] = useState<{ readonly entries: readonly AuditEntry[]; readonly total: number }>({ entries: [], total: 0 });
  const [state, setState] = useState<AuditPages['state']>('loading');
  const [failure, setFailure] = useState<SignalboxError>();
  const [attempt, readAgain] = useReducer((count: number) => count + 1, 0);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const abort = useRef(new AbortController());
  const nodeId = useNode(({ status }) => status?.nodeId);
  const key = JSON.stringify(paramsOf(filter, nodeId));

  const read = useCallback(
    (beforeId: number | undefined) => {
      abort.current.abort();
      const mine = new AbortController();
      abort.current = mine;
      setState('loading');
      const params = JSON.parse(key) as ReturnType<typeof paramsOf>;
      nodeClient()
        .call('audit.list', { ...params, ...(beforeId !== undefined && { beforeId }) }, { signal: mine.signal })
        .then(
          ({ entries, total }) => {
            setPages((before) => ({ entries: beforeId === undefined ? entries : [...before.entries, ...entries], total }));
            setFailure(undefined);
            setState('ready');
          },
          (error: unknown) => {
            if (mine.signal.aborted) return;
            setFailure(asSignalboxError(error));
            setState('failed');
          },
        );
    },
    [key],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew
  useEffect(() => {
    if (connected) read(undefined);
  }, [read, connected, attempt]);
  useEffect(() => () => abort.current.abort(), []);

  return { ...pages, state, failure, readMore: () => read(pages.entries.at(-1)?.id), readAgain };
}
