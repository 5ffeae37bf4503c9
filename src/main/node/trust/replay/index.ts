/** Nothing acts twice, across restarts. */
export { loadReplayGuard, ReplayGuard, type ReplaySubject, type Reservation, replayMigrations } from './replay-guard.ts';
