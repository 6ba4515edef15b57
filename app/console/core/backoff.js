// When to try again: full jitter, so that a crowd that lost one server does not return as one.

/** Return a pause in ms, evenly drawn from 0 to base * 2^attempt, which stops growing at cap. */
export function backoffMs(attempt, random, { base = 500, cap = 20_000 } = {}) {
  return Math.round(random() * Math.min(cap, base * 2 ** Math.min(attempt, 30)));
}
