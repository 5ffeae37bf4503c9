import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type backup from './en/backup.json';
import type cluster from './en/cluster.json';
import common from './en/common.json' with { type: 'json' };
import type events from './en/events.json';
import type firstRun from './en/first-run.json';
import frame from './en/frame.json' with { type: 'json' };
import type join from './en/join.json';
import type ledger from './en/ledger.json';
import type logs from './en/logs.json';
import type membership from './en/membership.json';
import type nodes from './en/nodes.json';
import overview from './en/overview.json' with { type: 'json' };
import type peers from './en/peers.json';
import type queues from './en/queues.json';
import type removed from './en/removed.json';
import type rpc from './en/rpc.json';
import type settings from './en/settings.json';
import type signIn from './en/sign-in.json';
import type store from './en/store.json';
import type topology from './en/topology.json';
import type tunnels from './en/tunnels.json';

/** English is the source of the keys: a key that is not in it does not compile. */
export interface Texts {
  backup: typeof backup;
  cluster: typeof cluster;
  common: typeof common;
  events: typeof events;
  firstRun: typeof firstRun;
  frame: typeof frame;
  join: typeof join;
  ledger: typeof ledger;
  logs: typeof logs;
  membership: typeof membership;
  nodes: typeof nodes;
  overview: typeof overview;
  peers: typeof peers;
  queues: typeof queues;
  removed: typeof removed;
  rpc: typeof rpc;
  settings: typeof settings;
  signIn: typeof signIn;
  store: typeof store;
  topology: typeof topology;
  tunnels: typeof tunnels;
}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: Texts;
  }
}

/** What the first screen says. */
const first = { common, frame, overview } satisfies Partial<Texts>;

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  defaultNS: 'common',
  ns: Object.keys(first),
  resources: { en: first },
  interpolation: { escapeValue: false },
  returnNull: false,
});

/** Adds the texts of a screen that is loaded later: they come with it, and cost the first screen nothing. */
export function addTexts<N extends keyof Texts>(namespace: N, texts: Texts[N]): void {
  i18next.addResourceBundle('en', namespace, texts);
}

export { i18next, useTranslation };
