import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import common from './en/common.json' with { type: 'json' };
import events from './en/events.json' with { type: 'json' };
import frame from './en/frame.json' with { type: 'json' };
import logs from './en/logs.json' with { type: 'json' };
import nodes from './en/nodes.json' with { type: 'json' };
import overview from './en/overview.json' with { type: 'json' };
import rpc from './en/rpc.json' with { type: 'json' };
import settings from './en/settings.json' with { type: 'json' };
import signIn from './en/sign-in.json' with { type: 'json' };
import topology from './en/topology.json' with { type: 'json' };

/** English is the source of the keys: a key that is not in it does not compile. */
export const english = { common, events, frame, logs, nodes, overview, rpc, settings, signIn, topology } as const;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: typeof english;
  }
}

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  defaultNS: 'common',
  ns: Object.keys(english),
  resources: { en: english },
  interpolation: { escapeValue: false },
  returnNull: false,
});

export { i18next, useTranslation };
