import './component-styles.ts';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './app.css';
import { type MantineColorScheme, MantineProvider, useMantineColorScheme } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { type ReactNode, useEffect } from 'react';
import { cssVariablesResolver, theme } from './theme.ts';
import { cspNonce } from './trusted-types.ts';

export type ColorScheme = 'system' | 'light' | 'dark';
export type Density = 'compact' | 'normal' | 'relaxed';

const toMantine = (scheme: ColorScheme): MantineColorScheme => (scheme === 'system' ? 'auto' : scheme);

function SchemeSetter({ scheme }: { readonly scheme: ColorScheme }) {
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => setColorScheme(toMantine(scheme)), [scheme, setColorScheme]);
  return null;
}

/** Theme, tokens, fonts and toasts around the whole console. */
export function DesignProvider(props: { readonly scheme: ColorScheme; readonly density: Density; readonly children: ReactNode }) {
  useEffect(() => {
    document.documentElement.dataset.density = props.density;
  }, [props.density]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme={toMantine(props.scheme)}
      getStyleNonce={cspNonce}
    >
      <SchemeSetter scheme={props.scheme} />
      <Notifications position="bottom-right" limit={4} containerWidth={380} />
      {props.children}
    </MantineProvider>
  );
}
