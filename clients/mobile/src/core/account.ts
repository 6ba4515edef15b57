// Who the person is: an anonymous account whose tokens lie in the phone's keychain.

import type { Fetch } from "./api";
import { ApiError, request } from "./api";
import type { TokenPair } from "./resources";

/** Where secrets are kept: the keychain on phones. */
export interface Secrets {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
}

interface Kept extends TokenPair {
  expires_at: number;
}

const RENEW_BEFORE_MS = 60_000;

export class Account {
  /** Called when the person became somebody else because the old tokens died. */
  onNewUser: () => void = () => {};
  #secrets: Secrets;
  #fetch: Fetch;
  #now: () => number;
  #base: string;
  #key: string;
  #pair: Kept | null = null;
  #last: string | null = null;
  #renewing: Promise<string> | null = null;

  constructor(server: string, { secrets, fetch, now }: { secrets: Secrets; fetch: Fetch; now: () => number }) {
    this.#base = `${server}/api/v2.1`;
    this.#key = `ion.tokens.${server.replace(/[^A-Za-z0-9.-]/g, "_")}`;
    this.#secrets = secrets;
    this.#fetch = fetch;
    this.#now = now;
  }

  get userId(): string | null {
    return this.#pair?.user_id ?? null;
  }

  /** Read the tokens that are kept; without any, nothing is asked of the server. */
  async load(): Promise<void> {
    this.#pair ??= parsed(await this.#secrets.get(this.#key));
  }

  /**
   * Return an access token; `stale` says that the last one was refused.
   *
   * Raises ApiError when the server can't be reached or asks to wait.
   */
  readonly token = async ({ stale = false }: { stale?: boolean } = {}): Promise<string> => {
    await this.load();
    const pair = this.#pair;
    const fresh = pair && pair.expires_at - RENEW_BEFORE_MS > this.#now();
    if (fresh && !(stale && pair.access_token === this.#last)) return this.#given(pair.access_token);
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
    return this.#given(await this.#renewing);
  };

  /** End this login, and have its device told nothing any more. */
  async leave(installationId: string): Promise<void> {
    await this.load();
    if (this.#pair) await this.#post("/auth/logout", { refresh_token: this.#pair.refresh_token, installation_id: installationId });
    await this.forget();
  }

  /** Forget the tokens: the next one asked for is a new person's. */
  async forget(): Promise<void> {
    this.#pair = null;
    await this.#secrets.remove(this.#key);
  }

  #given(token: string): string {
    this.#last = token;
    return token;
  }

  async #renew(): Promise<string> {
    if (!this.#pair) return this.#keep(await this.#post("/auth/anonymous"));
    try {
      return await this.#keep(await this.#post("/auth/refresh", { refresh_token: this.#pair.refresh_token }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    const token = await this.#keep(await this.#post("/auth/anonymous"));
    this.onNewUser();
    return token;
  }

  async #post(path: string, body?: unknown): Promise<string> {
    return request(this.#fetch, this.#base + path, { method: "POST", body });
  }

  async #keep(text: string): Promise<string> {
    const pair = JSON.parse(text) as TokenPair;
    this.#pair = { ...pair, expires_at: this.#now() + pair.expires_in * 1000 };
    await this.#secrets.set(this.#key, JSON.stringify(this.#pair));
    return pair.access_token;
  }
}

function parsed(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? "null") as Kept | null;
    return kept?.refresh_token ? kept : null;
  } catch {
    return null;
  }
}
