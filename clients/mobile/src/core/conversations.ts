// The list of sessions: as the phone keeps it, brought up to date whenever the server can be asked.

import type { Api } from "./api";
import { ApiError } from "./api";
import type { History } from "./history";
import type { Pairs } from "./pairs";
import type { SessionInfo } from "./resources";
import { Signal } from "./signal";

const SINCE = "sync.since";
const LEAVING = "leaving.";

interface Parts {
  api: Api;
  history: History;
  pairs: Pairs;
}

/** A row of the list; `voice`: who answered last. */
export interface Row extends SessionInfo {
  unread: number;
  voice: string | null;
}

export class Conversations extends Signal {
  /** Whether something was ever brought from the server. */
  loaded: boolean;
  #parts: Parts;
  #live = new Map<string, number>();
  #list: Row[] | null = null;
  #syncing: Promise<boolean> | null = null;
  #again = false;

  constructor(parts: Parts) {
    super();
    this.#parts = parts;
    this.loaded = parts.pairs.get(SINCE) !== null;
  }

  /** Sessions, the last used first, without those that are being deleted. */
  get list(): Row[] {
    const { history, pairs } = this.#parts;
    this.#list ??= history.sessions()
      .filter((info) => pairs.get(LEAVING + info.id) === null)
      .map((info) => ({
        ...info, unread: this.#live.get(info.id) ?? info.unread ?? 0, voice: history.voice(info.id),
      }));
    return this.#list;
  }

  /** How many answers are unread in all. */
  get unread(): number {
    return this.list.reduce((sum, info) => sum + info.unread, 0);
  }

  info(id: string | null): Row | null {
    return this.list.find((info) => info.id === id) ?? null;
  }

  /** The client says how many answers of a session are unread, which is newer than the list. */
  heard(id: string, unread: number): void {
    if (this.#live.get(id) === unread) return;
    this.#live.set(id, unread);
    this.changed();
  }

  /** The client says nothing more of a session, or of any: the list is the newest word. */
  unheard(id?: string): void {
    if (id === undefined) this.#live.clear();
    else this.#live.delete(id);
    this.changed();
  }

  /** Ask what changed; false when the server could not be asked. */
  sync(): Promise<boolean> {
    if (this.#syncing) this.#again = true;
    this.#syncing ??= this.#sync().finally(() => (this.#syncing = null));
    return this.#syncing;
  }

  /** Rename a session; raises ApiError. */
  async rename(id: string, title: string): Promise<void> {
    this.keep(await this.#parts.api.updateSession(id, { title }));
  }

  /** Have the server remember who answers in a session; raises ApiError. */
  async choose(id: string, persona: string | null): Promise<void> {
    this.keep(await this.#parts.api.updateSession(id, { persona }));
  }

  /** Keep a session as the server has just told it. */
  keep(info: SessionInfo): void {
    this.#parts.history.keepSession(info);
    this.changed();
  }

  /** Delete a session: it is gone from the list at once, from the server as soon as that can be asked. */
  async remove(id: string): Promise<void> {
    this.#parts.pairs.set(LEAVING + id, "1");
    this.changed();
    await this.#finishRemovals();
  }

  /** Forget all: somebody else is here. */
  clear(): void {
    this.#parts.pairs.remove(SINCE);
    this.#parts.history.clear();
    this.#live.clear();
    this.loaded = false;
    this.changed();
  }

  protected override changed(): void {
    this.#list = null;
    super.changed();
  }

  async #sync(): Promise<boolean> {
    await this.#finishRemovals();
    try {
      do {
        this.#again = false;
        await this.#pages();
      } while (this.#again);
    } catch {
      this.#again = false;
      return false;
    }
    return true;
  }

  async #pages(): Promise<void> {
    const { api, history, pairs } = this.#parts;
    for (let more = true; more;) {
      const since = pairs.get(SINCE);
      const page = await api.sync(since);
      history.take(page, { anew: since === null });
      pairs.set(SINCE, page.next);
      more = page.more;
      this.loaded = true;
      this.changed();
    }
  }

  async #finishRemovals(): Promise<void> {
    const { api, history, pairs } = this.#parts;
    for (const key of pairs.keys(LEAVING)) {
      const id = key.slice(LEAVING.length);
      try {
        await api.deleteSession(id);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) continue; // the next sync tries again
      }
      history.forgetSession(id);
      pairs.remove(key);
      this.changed();
    }
  }
}
