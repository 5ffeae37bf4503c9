/** Time, also while somebody sets the clock. */
export { ClockJumps, type ClockJumpsOptions, type SystemClocks } from './clock-jumps.ts';
export { laggingNowMs, leadingNowMs, steadyNowMs } from './now.ts';
