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

const RENEW_AHEAD_MS = 180_000;
const RENEW_BEFORE_MS = 60_000;
const HANGS_AFTER_MS = 3_000;

export class Account {
  /** Called when the person became somebody else because the old tokens died. */
  onNewUser: () => void = () => {};
  #secrets: Secrets;
  #fetch: Fetch;
  #now: () => number;
  #base: string;
  #key: string;
  #pair: Kept | null = null;
  /** What is held and the keychain did not take. */
  #unkept: Kept | null = null;
  #loaded = false;
  #loading: Promise<string | null> | null = null;
  /** Another number once somebody else is meant: what was asked for before is worth nothing then. */
  #life = 0;
  #last: string | null = null;
  #renewing: Promise<string> | null = null;
  #written: Promise<void> = Promise.resolve();

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

  /**
   * Read the tokens that are kept; without any, nothing is asked of the server.
   *
   * Raises ApiError while the keychain can't be read: nobody becomes somebody else for that.
   */
  async load(): Promise<void> {
    if (this.#loaded) return;
    const life = this.#life;
    const kept = parsed(await this.#read());
    if (this.#loaded || life !== this.#life) return;
    this.#pair = kept;
    this.#loaded = true;
  }

  /**
   * Return an access token; `stale` says that the last one was refused.
   *
   * Raises ApiError when the server can't be reached or asks to wait, the keychain can't be used,
   * or the account was forgotten meanwhile.
   */
  readonly token = async ({ stale = false }: { stale?: boolean } = {}): Promise<string> => {
    await this.load();
    const pair = this.#pair;
    if (pair && pair === this.#unkept) await this.#store(pair).catch(() => {}); // until then it is held
    const leftMs = pair ? pair.expires_at - this.#now() : 0;
    if (!pair || leftMs <= RENEW_BEFORE_MS || (stale && pair.access_token === this.#last)) {
      return this.#given(await this.#renewed());
    }
    // while it holds nobody waits for the next one; where that fails, whoever asks later tries again
    if (leftMs <= RENEW_AHEAD_MS) this.#renewed().catch(() => {});
    return this.#given(pair.access_token);
  };

  /** Have the server end this login and tell its device nothing any more; `forget` is to follow. Raises ApiError. */
  async leave(installationId: string): Promise<void> {
    await this.load();
    if (this.#pair) await this.#post("/auth/logout", { refresh_token: this.#pair.refresh_token, installation_id: installationId });
  }

  /** Forget the tokens, from this call on: the next one asked for is a new person's. Raises ApiError. */
  async forget(): Promise<void> {
    this.#life += 1;
    this.#renewing = null;
    this.#pair = null;
    this.#loaded = true;
    await this.#write((secrets) => secrets.remove(this.#key));
  }

  #given(token: string): string {
    this.#last = token;
    return token;
  }

  #renewed(): Promise<string> {
    if (this.#renewing) return this.#renewing;
    const renewing = this.#renew(this.#life).finally(() => {
      if (this.#renewing === renewing) this.#renewing = null;
    });
    return (this.#renewing = renewing);
  }

  async #renew(life: number): Promise<string> {
    if (!this.#pair) return this.#keep(life, await this.#post("/auth/anonymous"));
    const { refresh_token } = this.#pair;
    let text: string | null = null;
    try {
      text = await this.#refreshed({ refresh_token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    if (text !== null) return this.#keep(life, text);
    this.#check(life);
    return this.#keep(life, await this.#post("/auth/anonymous"), { another: true });
  }

  /** A connection of before the phone slept may hang: then it is asked anew, and given time, as the network may be slow. */
  async #refreshed(body: { refresh_token: string }): Promise<string> {
    try {
      return await this.#post("/auth/refresh", body, HANGS_AFTER_MS);
    } catch (error) {
      // within a minute a refresh token works once more, for who did not get the answer
      if (!(error instanceof ApiError) || error.status !== 0) throw error;
    }
    return this.#post("/auth/refresh", body);
  }

  #check(life: number): void {
    if (life !== this.#life) throw new ApiError(0, "forgotten", true);
  }

  async #post(path: string, body?: unknown, withinMs?: number): Promise<string> {
    return request(this.#fetch, this.#base + path, { method: "POST", body, withinMs });
  }

  async #keep(life: number, text: string, { another = false } = {}): Promise<string> {
    this.#check(life);
    const pair = JSON.parse(text) as TokenPair;
    const kept = { ...pair, expires_at: this.#now() + pair.expires_in * 1000 };
    this.#pair = kept;
    // who was here is gone before anything is written of who is here now
    if (another) this.onNewUser();
    await this.#store(kept);
    return pair.access_token;
  }

  async #store(pair: Kept): Promise<void> {
    this.#unkept = null;
    try {
      await this.#write((secrets) => secrets.set(this.#key, JSON.stringify(pair)));
    } catch (error) {
      this.#unkept = pair;
      throw error;
    }
  }

  async #read(): Promise<string | null> {
    this.#loading ??= this.#secrets.get(this.#key).finally(() => (this.#loading = null));
    try {
      return await this.#loading;
    } catch {
      throw unusable();
    }
  }

  /** Write to the keychain, one after the other: the last word stays. */
  async #write(act: (secrets: Secrets) => Promise<void>): Promise<void> {
    const next = () => act(this.#secrets);
    this.#written = this.#written.then(next, next);
    try {
      await this.#written;
    } catch {
      throw unusable();
    }
  }
}

function unusable(): ApiError {
  return new ApiError(0, "keychain", true);
}

function parsed(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? "null") as Kept | null;
    return kept?.refresh_token ? kept : null;
  } catch {
    return null;
  }
}
