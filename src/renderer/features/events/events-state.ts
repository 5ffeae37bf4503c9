/** What the Events screen remembers while the console runs; rows and counts live in the feed, outside React. */
import { create } from 'zustand';
import type { FeedSubscription } from '../../state/feed-subscriptions.ts';
import type { ExportProgress } from './model/ndjson.ts';

export const inspectorTabs = ['json', 'text', 'hex', 'diff', 'chart'] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

export interface RunningExport extends ExportProgress {
  cancel(): void;
}

export interface EventsState {
  /** False until the person's own list has been read from the node. */
  readonly loaded: boolean;
  readonly subscriptions: readonly FeedSubscription[];
  /** Numeric fields that are drawn, as JSON pointers by topic. */
  readonly charts: Readonly<Record<string, string>>;
  readonly filterText: string;
  readonly paused: boolean;
  readonly following: boolean;
  /** Sequence number of the selected row. */
  readonly selected: number | undefined;
  readonly inspecting: boolean;
  readonly tab: InspectorTab;
  /** Sequence number of the row that others are compared with. */
  readonly pinned: number | undefined;
  /** The field for a new subscription is open. */
  readonly adding: boolean;
  /** A broad topic that waits for a yes. */
  readonly asking: string | undefined;
  readonly exporting: RunningExport | undefined;
  /** What the publish bar starts from. */
  readonly draft: { readonly topic: string; readonly text: string };
  /** Open levels of the topic tree. */
  readonly expanded: ReadonlySet<string>;
  /** The line of the tree that the keyboard is on. */
  readonly treeCursor: string | undefined;
}

export const initialEventsState: EventsState = {
  loaded: false,
  subscriptions: [],
  charts: {},
  filterText: '',
  paused: false,
  following: true,
  selected: undefined,
  inspecting: false,
  tab: 'json',
  pinned: undefined,
  adding: false,
  asking: undefined,
  exporting: undefined,
  draft: { topic: '', text: '' },
  expanded: new Set(),
  treeCursor: undefined,
};

export const useEvents = create<EventsState>(() => initialEventsState);
