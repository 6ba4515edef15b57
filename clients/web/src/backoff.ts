// When to try again: full jitter, so that a crowd that lost one server does not return as one.

import type { Frame, Options } from "./types";

/** Return a pause in ms, drawn evenly from 0 to `first_ms * 2^tries`, which stops growing at `most_ms`. */
export function pause(
  tries: number, { random = Math.random, backoff: { first_ms = 200, most_ms = 10_000 } = {} }: Partial<Options>,
): number {
  return random() * Math.min(most_ms, first_ms * 2 ** tries);
}

const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 120_000;

/** Return in how many ms what was refused `tries` times may be said again, 0 for never. */
export function again({ code, retryable, retry_after_ms }: Frame<"error">, tries: number): number {
  const ms = retry_after_ms ?? LEAST_PAUSE_MS * 2 ** tries * (1 + Math.random());
  // who would wait for hours should know, and choose the moment
  return retryable && code !== "turn_running" && ms <= MOST_PAUSE_MS ? ms : 0;
}
