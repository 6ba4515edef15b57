// Who the person is: an anonymous user whose tokens live in storage and are renewed by one tab.

import { request } from "./api.js";

const KEY = "ion.tokens";
const RENEW_BEFORE_MS = 60_000;
const LAST_MS = 5_000;
const HANGS_AFTER_MS = 3_000;

export class Auth {
  #storage;
  #fetch;
  #locks;
  #now;
  #base;
  #last = null;
  #renewing = null;

  /** `locks` is navigator.locks, or undefined where the page is not a secure context. */
  constructor({ storage, fetch, locks, now, base = "/api/v2.1" }) {
    this.#storage = storage;
    this.#fetch = fetch;
    this.#locks = locks;
    this.#now = now;
    this.#base = base;
  }

  /** Called with nothing when the person became somebody else because the old tokens died. */
  onNewUser = () => {};

  /**
   * Return an access token; `stale` says that the last one was refused. One that is about to end is
   * renewed while it still holds, and nobody waits for that.
   *
   * Raises ApiError when the server can't be reached or asks to wait.
   */
  async token({ stale = false } = {}) {
    const kept = this.#usable(stale);
    if (kept && this.renewInMs() > 0) return kept;
    const renewed = this.#renewed(stale);
    if (!kept) return renewed;
    renewed.catch(() => {}); // whoever asks next tries again
    return kept;
  }

  /** Return how long the token is good for before it should be renewed, in ms. */
  renewInMs() {
    const pair = this.#storage.get(KEY);
    return pair ? Math.max(0, pair.expires_at - RENEW_BEFORE_MS - this.#now()) : 0;
  }

  /** Another tab may have renewed what was refused here: then its token is the one to use. */
  #usable(stale) {
    const pair = this.#storage.get(KEY);
    if (!pair?.access_token || pair.expires_at - LAST_MS <= this.#now()) return null;
    if (stale && pair.access_token === this.#last) return null;
    this.#last = pair.access_token;
    return pair.access_token;
  }

  #renewed(stale) {
    const renew = () => (this.renewInMs() > 0 && this.#usable(stale)) || this.#renew();
    this.#renewing ??= (async () => (this.#locks ? this.#locks.request("ion-auth", renew) : renew()))()
      .finally(() => { this.#renewing = null; });
    return this.#renewing;
  }

  async #renew() {
    const pair = this.#storage.get(KEY);
    if (!pair?.refresh_token) return this.#keep(await this.#post("/auth/anonymous"));
    try {
      const body = JSON.stringify({ refresh_token: pair.refresh_token });
      return this.#keep(await this.#post("/auth/refresh", body));
    } catch (error) {
      if (error.status !== 401) throw error;
      const token = this.#keep(await this.#post("/auth/anonymous"));
      this.onNewUser();
      return token;
    }
  }

  /**
   * A connection of before the device slept may hang: then a renewal is asked for anew, once, and given time.
   * Whoever asks twice for an account makes two.
   */
  async #post(path, body) {
    const ask = (withinMs) => request(this.#fetch, this.#base + path, { method: "POST", body, withinMs });
    if (!body) return ask();
    try {
      return await ask(HANGS_AFTER_MS);
    } catch (error) {
      // within a minute a refresh token works once more, for who did not get the answer
      if (error.status !== 0) throw error;
    }
    return ask();
  }

  #keep(pair) {
    this.#storage.set(KEY, { ...pair, expires_at: this.#now() + pair.expires_in * 1000 });
    this.#last = pair.access_token;
    return pair.access_token;
  }
}
