// An anonymous account whose tokens live in storage and are renewed by one at a time.

import { after, patiently } from "./rest";
import type { Store } from "./storage";

const KEY = "tokens";
const EARLY_MS = 30_000;
/** So long before its end another token is fetched, while this one is still used. */
const AHEAD_MS = 200_000;

interface Pair {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  /** When to fetch another, in ms. */
  until: number;
}

/** A function that returns an access token, another than the last when that is `stale`. */
export type Ask = (asked: { stale: boolean }) => string | Promise<string>;

/** Return tokens of an account that is made when there is none; `post` and they raise IonError. */
export function anonymous(
  store: Store, post: (path: string, body?: unknown, withinMs?: number) => Promise<any>,
): Ask {
  let pair: Pair | null = null;
  let refused: string | undefined;
  let seen: string | undefined;
  const good = (kept: Pair | null, moreMs = 0) =>
    kept && kept.access_token !== refused && kept.until + moreMs > Date.now();
  // asked twice, as a renewal is where it hangs, it would make two accounts
  const anew = (): Promise<Pair> => post("/auth/anonymous");

  /** Another tab, or another program on the same storage, may have renewed already. */
  const renew = async () => {
    const kept = await store.$get<Pair>(KEY);
    // where nothing can be kept any more what is there was spent before
    if (kept && kept.refresh_token !== seen) seen = (pair = kept).refresh_token;
    if (good(pair)) return pair!;
    const again = (ms?: number): Promise<Pair> =>
      post("/auth/refresh", { refresh_token: pair!.refresh_token }, ms);
    const made = await (pair ? after(patiently(again), 401, anew) : anew());
    made.until = Date.now() + made.expires_in * 1000 - EARLY_MS - AHEAD_MS;
    // where there are no locks another tab may have been faster, and both must be the same user
    const other = await store.$get<Pair>(KEY);
    store.$set(KEY, (pair = good(other) ? other! : made));
    return pair;
  };
  const renewed = shared(async () => {
    const locks = globalThis.navigator?.locks;
    return (await (locks ? locks.request("ion", renew) : renew())).access_token;
  });

  return async ({ stale }) => {
    if (stale) refused = pair?.access_token;
    pair ??= await store.$get<Pair>(KEY);
    if (!good(pair, AHEAD_MS)) return renewed(stale);
    // while the old one holds nobody waits, and what fails is tried again by whoever asks next
    if (!good(pair)) renewed(stale).catch(() => {});
    return pair!.access_token;
  };
}

/** Wrap a function so that who asks the same while it works gets the same answer. */
export function shared(ask: Ask): (stale: boolean) => Promise<string> {
  const asking: (Promise<string> | undefined)[] = [];
  return (stale) => (asking[+stale] ??= (async () => ask({ stale }))()
    .finally(() => (asking[+stale] = undefined)));
}
