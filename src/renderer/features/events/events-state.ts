/** What the Events screen remembers while the console runs; rows and counts live in the feed, outside React. */
import { create } from 'zustand';
import type { FeedSubscription } from '../../state/feed-subscriptions.ts';
import { ownBranch } from './model/cluster-topics.ts';
import type { ExportProgress } from './model/ndjson.ts';

export const inspectorTabs = ['json', 'text', 'hex', 'diff', 'chart'] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

export interface RunningExport extends ExportProgress {
  cancel(): void;
}

/** What is about to be published. */
export interface EventDraft {
  /** Path on the node, with its leading slash. */
  readonly topic: string;
  readonly text: string;
  /** The node it is published on; undefined for the one that is looked at. */
  readonly nodeId: string | undefined;
}

export interface EventsState {
  /** False until the person's own list has been read from the node. */
  readonly loaded: boolean;
  readonly subscriptions: readonly FeedSubscription[];
  /** The person has chosen no list of their own: it follows the instance that is looked at. */
  readonly untouched: boolean;
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
  readonly draft: EventDraft;
  /** Open branches and levels of the topic tree. */
  readonly expanded: ReadonlySet<string>;
  /** The line of the tree that the keyboard is on. */
  readonly treeCursor: string | undefined;
}

export const initialEventsState: EventsState = {
  loaded: false,
  subscriptions: [],
  untouched: true,
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
  draft: { topic: '', text: '', nodeId: undefined },
  expanded: new Set([ownBranch]),
  treeCursor: undefined,
};

export const useEvents = create<EventsState>(() => initialEventsState);
