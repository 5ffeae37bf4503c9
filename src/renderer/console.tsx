import './i18n/index.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { installTrustedTypesPolicy } from './design/trusted-types.ts';

/** Draws the console into the page. */
export function openConsole(): void {
  installTrustedTypesPolicy();
  const root = document.getElementById('root');
  if (root !== null) createRoot(root).render(<App />);
}
