/** Who may sign in over HTTP: people, sessions, set-up links, and the limit on guessing. */
export { type Account, Accounts, type NewAccount } from './accounts.ts';
export { type Attempt, AttemptLimiter, type AttemptLimits, networkOf } from './attempt-limiter.ts';
export { accountsMigrations } from './migrations.ts';
export { type IssuedToken, type IssuedTokens, type SessionEnd, Sessions, type SessionsOptions, type SignedIn } from './sessions.ts';
export { type SetupLink, SetupLinks } from './setup-links.ts';
export { hashToken, newToken, sameHash } from './tokens.ts';
