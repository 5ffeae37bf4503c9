import { z } from 'zod';
import { defineService } from './define.ts';

export const identityContract = defineService({
  'identity.backup': {
    params: z.strictObject({
      passphrase: z.string().min(12).max(1_024).describe('Protects the file; it is kept nowhere'),
    }),
    result: z.object({
      file: z.string().describe('Text of the backup file'),
      name: z.string().describe('A name for the file'),
    }),
    role: 'admin',
    effect: 'read',
    help: 'Makes a backup of who this node is, to restore it on another machine: signalbox identity restore FILE.',
    secretParams: ['passphrase'],
    secretResult: true,
  },
});
