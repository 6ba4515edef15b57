// An anonymous account whose tokens live in storage and are renewed by one at a time.

import type { Store } from "./storage";

const KEY = "tokens";
const EARLY_MS = 30_000;

interface Pair {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  /** When to renew it, in ms. */
  until: number;
}

/** A function that returns an access token, another than the last when that is `stale`. */
export type Ask = (asked: { stale: boolean }) => string | Promise<string>;

/** Return tokens of an account that is made when there is none; `post` and they raise IonError. */
export function anonymous(store: Store, post: (path: string, body?: unknown) => Promise<any>): Ask {
  let pair: Pair | null = null;
  let refused: string | undefined;
  const good = (kept: Pair | null) =>
    (kept && kept.access_token !== refused && kept.until > Date.now() ? kept : null);

  const obtain = async (refresh_token?: string): Promise<Pair> => {
    const body = refresh_token && { refresh_token };
    const made: Pair = await post(`/auth/${body ? "refresh" : "anonymous"}`, body).catch((error) => {
      if (body && error.status === 401) return obtain();
      throw error;
    });
    made.until ??= Date.now() + made.expires_in * 1000 - EARLY_MS;
    // where there are no locks another tab may have been faster, and both must be the same user
    const other = good(await store.$get<Pair>(KEY));
    if (!other) store.$set(KEY, made);
    return other ?? made;
  };

  /** Another tab, or another program on the same storage, may have renewed already. */
  const renew = async () => {
    const kept = (await store.$get<Pair>(KEY)) ?? pair;
    return (pair = good(kept) ?? (await obtain(kept?.refresh_token)));
  };

  return async ({ stale }) => {
    if (stale) refused = pair?.access_token;
    const { locks } = globalThis.navigator ?? {};
    const { access_token } = good(pair) ?? (await (locks ? locks.request("ion-account", renew) : renew()));
    return access_token;
  };
}

/** Wrap a function so that who asks the same while it works gets the same answer. */
export function shared(ask: Ask): (stale: boolean) => Promise<string> {
  const asking: (Promise<string> | undefined)[] = [];
  return (stale) => (asking[+stale] ??= (async () => ask({ stale }))()
    .finally(() => (asking[+stale] = undefined)));
}
