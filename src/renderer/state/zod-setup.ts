import { z } from 'zod';

// The schema library would try to compile its checks, which the page's content security policy forbids. It asks when a
// schema is made, so this module is the first that the console imports.
z.config({ jitless: true });
