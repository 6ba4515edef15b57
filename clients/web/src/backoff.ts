// When to try again: full jitter, so that a crowd that lost one server does not return as one.

/** Return a pause in ms, drawn evenly from 0 to `first * 2^tries`, which stops growing at `most`. */
export function pause(tries: number, random: () => number, first = 200, most = 10_000): number {
  return random() * Math.min(most, first * 2 ** tries);
}
