// Who the person is: an anonymous user whose tokens live in storage and are renewed by one tab.

import { request } from "./api.js";

const KEY = "ion.tokens";
const RENEW_BEFORE_MS = 60_000;

export class Auth {
  #storage;
  #fetch;
  #locks;
  #now;
  #base;
  #last = null;

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
   * Return an access token; `stale` says that the last one was refused.
   *
   * Raises ApiError when the server can't be reached or asks to wait.
   */
  async token({ stale = false } = {}) {
    const kept = this.#usable(stale);
    if (kept) return kept;
    const renew = () => this.#usable(stale) ?? this.#renew();
    return this.#locks ? this.#locks.request("ion-auth", renew) : renew();
  }

  /** Return how long the token is good for before it should be renewed, in ms. */
  renewInMs() {
    const pair = this.#storage.get(KEY);
    return pair ? Math.max(0, pair.expires_at - RENEW_BEFORE_MS - this.#now()) : 0;
  }

  /** Another tab may have renewed what was refused here: then its token is the one to use. */
  #usable(stale) {
    const pair = this.#storage.get(KEY);
    if (!pair?.access_token || this.renewInMs() === 0) return null;
    if (stale && pair.access_token === this.#last) return null;
    this.#last = pair.access_token;
    return pair.access_token;
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

  #post(path, body) {
    return request(this.#fetch, this.#base + path, { method: "POST", body });
  }

  #keep(pair) {
    this.#storage.set(KEY, { ...pair, expires_at: this.#now() + pair.expires_in * 1000 });
    this.#last = pair.access_token;
    return pair.access_token;
  }
}
