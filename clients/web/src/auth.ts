// An anonymous account whose tokens live in storage and are renewed by one at a time.

import type { Store } from "./storage";

const KEY = "tokens";
const EARLY_MS = 30_000;

interface Pair {
  user_id: string;
  access_token: string;
  refresh_token: string;
  expires_in: number;
  until: number;
}

export class Account {
  #pair: Pair | null = null;
  #refused = "";

  /** `post` raises IonError. */
  constructor(
    private readonly store: Store,
    private readonly now: () => number,
    private readonly post: (path: string, body?: unknown) => Promise<any>,
  ) {}

  /** Return an access token, another than the last when that is stale; raises IonError. */
  async token({ stale }: { stale: boolean }): Promise<string> {
    if (stale) this.#refused = this.#pair?.access_token ?? "";
    const locks = globalThis.navigator?.locks;
    const { access_token: token } = this.#good(this.#pair)
      ?? (await (locks ? locks.request("ion-account", () => this.#renewed()) : this.#renewed()));
    return token;
  }

  #good(pair: Pair | null): Pair | null {
    const good = pair && pair.access_token !== this.#refused && pair.until - EARLY_MS > this.now();
    return good ? pair : null;
  }

  /** Another tab, or another program on the same storage, may have renewed already. */
  async #renewed(): Promise<Pair> {
    const kept = (await this.store.get<Pair>(KEY)) ?? this.#pair;
    const pair = this.#good(kept) ?? (await this.#obtain(kept?.refresh_token));
    return (this.#pair = pair);
  }

  async #obtain(refresh_token?: string): Promise<Pair> {
    let pair: Pair;
    try {
      pair = await (refresh_token
        ? this.post("/auth/refresh", { refresh_token }) : this.post("/auth/anonymous"));
    } catch (error: any) {
      if (!refresh_token || error.status !== 401) throw error;
      return this.#obtain();
    }
    pair.until = this.now() + pair.expires_in * 1000;
    // where there are no locks another tab may have been faster, and both must be the same user
    const other = this.#good(await this.store.get<Pair>(KEY));
    if (other) return other;
    this.store.set(KEY, pair);
    return pair;
  }
}

/** Wrap a function so that who asks the same while it works gets the same answer. */
export function shared<T>(ask: (asked: { stale: boolean }) => T | Promise<T>) {
  const asking = new Map<boolean, Promise<T>>();
  return (stale: boolean): Promise<T> => {
    const known = asking.get(stale);
    if (known) return known;
    const answer = (async () => ask({ stale }))().finally(() => asking.delete(stale));
    asking.set(stale, answer);
    return answer;
  };
}
