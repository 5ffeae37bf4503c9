import { useMemo } from 'react';
import { feed } from '../../../state/feed-store.ts';
import { useEvents } from '../events-state.ts';
import { type Difference, diffValues } from '../model/diff.ts';
import { type Known, useKnownValue, usePayload } from './use-payload.ts';

export type Comparison =
  /** There is nothing to compare with. */
  | { readonly kind: 'none' | 'self' | 'loading' | 'gone' }
  | {
      readonly kind: 'ready';
      readonly withPinned: boolean;
      readonly topic: string;
      readonly timestampMs: number;
      readonly differences: readonly Difference[];
    };

/** What differs from the pinned event, or from the one before on the same topic. */
export function useComparison(sequence: number, known: Known | undefined): Comparison {
  const pinned = useEvents((state) => state.pinned);
  const base = useMemo(() => {
    const found = pinned ?? feed.ring.previousOf(sequence);
    return found === undefined ? undefined : feed.ring.headerOf(found);
  }, [pinned, sequence]);
  const payload = usePayload(base);
  const old = useKnownValue(base, payload);
  const differences = useMemo(
    () => (known === undefined || old === undefined ? undefined : diffValues(old.value, known.value)),
    [old, known],
  );
  if (pinned === sequence) return { kind: 'self' };
  if (base === undefined) return { kind: 'none' };
  if (differences === undefined) return { kind: payload?.kind === 'loading' || known === undefined ? 'loading' : 'gone' };
  return { kind: 'ready', withPinned: pinned !== undefined, topic: base.topic, timestampMs: base.timestamp, differences };
}
