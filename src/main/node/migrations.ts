/** Every table of a node, in the order in which they came to be. */
import { accountsMigrations } from './accounts/index.ts';
import { auditMigrations } from './audit/index.ts';
import { federationMigrations } from './federation/index.ts';
import { ledgerMarkMigrations } from './ledger/high-water-mark.ts';
import { membershipTables } from './membership/index.ts';
import { communicatorMigrations } from './peers/communicator/index.ts';
import { peerChoiceMigrations } from './peers/index.ts';
import { routerMigrations } from './router/index.ts';
import { workspaceMigrations } from './services/workspace.ts';
import type { Migration } from './store/index.ts';
import { tunnelMigrations } from './tunnel/agent/tunnel-store.ts';
import { gatewayMigrations } from './tunnel/gateway/migrations.ts';

export const nodeMigrations: readonly Migration[] = [
  ...accountsMigrations,
  ...auditMigrations,
  ...routerMigrations,
  ...workspaceMigrations,
  ...federationMigrations,
  ...membershipTables,
  ...gatewayMigrations,
  ...tunnelMigrations,
  ...peerChoiceMigrations,
  ...communicatorMigrations,
  ...ledgerMarkMigrations,
];
