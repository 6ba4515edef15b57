// One person's tokens: kept in their own space, renewed by one tab at a time.

import { IonError, call, patiently } from "../../rest";
import type { KeyValue } from "./space";

const KEY = "tokens";
const RENEW_BEFORE_MS = 60_000;

/** What the server answers to whoever signs in. */
export interface Tokens {
  user_id: string;
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

interface KeptTokens extends Tokens {
  expires_at: number;
}

/** Where an account's first tokens come from, and others when those can't be renewed any more. */
export interface AccountOptions {
  api: string;
  space: KeyValue;
  lock: string;
  first: () => Promise<Tokens>;
  again?: () => Promise<Tokens>;
}

/** The account of a visitor or a user; it never becomes somebody else's. */
export class Account {
  #options: AccountOptions;
  #owner: string | null;
  #last = "";

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#owner = this.#kept?.user_id ?? null;
  }

  /** The id that the server knows them by; null before the first token. */
  get userId(): string | null {
    return this.#owner;
  }

  get refreshToken(): string | null {
    return this.#kept?.refresh_token ?? null;
  }

  /**
   * Return an access token; `stale` says that the last one was refused.
   *
   * Raises IonError, with status 401 when this account has ended.
   */
  async token({ stale = false } = {}): Promise<string> {
    const renew = async (): Promise<string> => this.#usable(stale) ?? (await this.#renew());
    const usable = this.#usable(stale);
    if (usable) return usable;
    return navigator.locks ? navigator.locks.request(this.#options.lock, renew) : renew();
  }

  /** Take over tokens of this account; raises IonError for those of another. */
  keep(tokens: Tokens): string {
    this.#belongs(tokens.user_id);
    this.#owner = tokens.user_id;
    const kept: KeptTokens = { ...tokens, expires_at: Date.now() + tokens.expires_in * 1_000 };
    this.#options.space.set(KEY, JSON.stringify(kept));
    this.#last = tokens.access_token;
    return tokens.access_token;
  }

  /** Forget the tokens on this device. */
  forget(): void {
    this.#options.space.remove(KEY);
  }

  get #kept(): KeptTokens | null {
    try {
      const kept = JSON.parse(this.#options.space.get(KEY) ?? "") as KeptTokens;
      const { user_id: id, access_token: access, refresh_token: refresh } = kept;
      return [id, access, refresh].every((each) => typeof each === "string") ? kept : null;
    } catch {
      // what can't be read is as good as gone
      return null;
    }
  }

  #belongs(userId: string | undefined): void {
    if (this.#owner !== null && userId !== this.#owner) throw new IonError("unauthenticated", 401, false);
  }

  /** Another tab may have renewed what was refused here: then its token is the one to use. */
  #usable(stale: boolean): string | null {
    const kept = this.#kept;
    // another tab may have left this account as well
    this.#belongs(kept?.user_id);
    if (!kept || kept.expires_at - RENEW_BEFORE_MS < Date.now()) return null;
    if (stale && kept.access_token === this.#last) return null;
    this.#last = kept.access_token;
    return kept.access_token;
  }

  async #renew(): Promise<string> {
    const { api, first, again } = this.#options;
    const body = { refresh_token: this.refreshToken };
    if (!body.refresh_token) return this.keep(await first());
    try {
      const ask = (withinMs?: number): Promise<Tokens> =>
        call(fetch, `${api}/auth/refresh`, "POST", body, undefined, withinMs);
      return this.keep(await patiently(ask));
    } catch (error) {
      if (!again || !(error instanceof IonError) || error.status !== 401) throw error;
      return this.keep(await again());
    }
  }
}
