// What was said here and is not known to be on the server, kept until it is.

import type { Store } from "./storage";
import type { Policy } from "./types";

const QUEUE = "q:";
const NAME = "name:";
const MOST_NAMES = 200;

/** A message as it is kept; `key` is its session's, `id` becomes its client_msg_id. */
export interface Entry {
  id: string;
  key: string;
  at: number;
  kind: "send" | "regenerate";
  text: string;
  /** The turn that is to be answered again. */
  about?: string;
  persona?: string | undefined;
  policy?: Policy | undefined;
  /** Why it was refused for good. */
  error?: string | undefined;
}

export class Queue {
  #store: Store;
  #now: () => number;
  #last = 0;
  #names = new Map<string, string>();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Return what was kept, the oldest first. */
  async load(): Promise<Entry[]> {
    const entries = (await this.#store.all<Entry>(QUEUE)).map(([, each]) => each);
    // after the entries: a name is kept before its first message is dropped, perhaps by another tab
    const names = await this.#store.all<{ id: string; at: number }>(NAME);
    names.sort(([, a], [, b]) => b.at - a.at);
    for (const [key, { id }] of names.slice(0, MOST_NAMES)) this.#names.set(key, id);
    for (const [key] of names.slice(MOST_NAMES)) this.#store.remove(NAME + key);
    entries.sort((a, b) => a.at - b.at);
    this.#last = Math.max(this.#last, ...entries.map(({ at }) => at));
    return entries;
  }

  /** Return a time in ms, later than all before. */
  stamp(): number {
    return (this.#last = Math.max(this.#now(), this.#last + 1));
  }

  keep(entry: Entry): void {
    this.#store.set(QUEUE + entry.id, entry);
  }

  drop(id: string): void {
    this.#store.remove(QUEUE + id);
  }

  /** The server named a session that was begun here. */
  name(key: string, id: string): void {
    this.#names.set(key, id);
    this.#store.set(NAME + key, { id, at: this.stamp() });
  }

  /** Return the server's id of a session that was begun here, if it has one. */
  nameOf(key: string): string | undefined {
    return this.#names.get(key);
  }
}
