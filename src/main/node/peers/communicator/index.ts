/** Messages between this node and its peers: queues, batches, acknowledgements, what survives a restart. */
export { PeerCommunicator, type PeerCommunicatorOptions } from './communicator.ts';
export type { DeadLetter } from './dead-letters.ts';
export type { CommunicatorTotals, PeerFigures } from './figures.ts';
export { communicatorLimits } from './limits.ts';
export { communicatorMigrations } from './migrations.ts';
export { errorMessage, type NetworkError, networkErrors } from './network-errors.ts';
