import './i18n/index.ts';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './app/app.tsx';
import { installTrustedTypesPolicy } from './design/trusted-types.ts';

installTrustedTypesPolicy();
// The schema library would try to compile its checks, which the page's content security policy forbids.
z.config({ jitless: true });

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
