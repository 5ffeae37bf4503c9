import { z } from 'zod';

// The schema library would try to compile its checks, which the page's content security policy forbids. It asks when a
// schema is made, so the console, whose modules make some, is loaded after this.
z.config({ jitless: true });

void import('./console.tsx').then(({ openConsole }) => openConsole());
