/**
 * The system clock can be set while the node runs; the monotonic clock cannot. What depends on time asks the one of the two that errs on
 * the safe side (security.md row 72). Both are whole milliseconds since the epoch and agree until somebody sets the clock.
 */

/** The time at which the program started, and what has passed since. */
export function steadyNowMs(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}

/**
 * For what ends: sign-ins, codes, links, the age of what is known of the membership. A clock that is set back opens nothing again; one
 * that is set forward, or a machine that slept, ends what would have ended.
 */
export function leadingNowMs(): number {
  return Math.max(Date.now(), steadyNowMs());
}

/** For what must not be let go of too early: messages that wait, answers of writes. A clock that is set forward loses none of them. */
export function laggingNowMs(): number {
  return Math.min(Date.now(), steadyNowMs());
}
