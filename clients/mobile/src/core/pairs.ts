// Short texts by key: what the client keeps of its queue and cursors, and what the app remembers.

import type { Sql } from "./sql";

export interface Pairs {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Return all keys that begin with `prefix`, sorted. */
  keys(prefix?: string): string[];
}

export class SqlPairs implements Pairs {
  #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  get(key: string): string | null {
    return this.#sql.all<{ value: string }>("SELECT value FROM pairs WHERE key = ?", key)[0]?.value ?? null;
  }

  set(key: string, value: string): void {
    this.#sql.run("INSERT INTO pairs VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value);
  }

  remove(key: string): void {
    this.#sql.run("DELETE FROM pairs WHERE key = ?", key);
  }

  keys(prefix = ""): string[] {
    const query = "SELECT key FROM pairs WHERE substr(key, 1, length(?)) = ? ORDER BY key";
    return this.#sql.all<{ key: string }>(query, prefix, prefix).map((row) => row.key);
  }
}

/** What a browser keeps, or a Map where it keeps nothing. */
export class WebPairs implements Pairs {
  #storage: Storage | null;
  #memory = new Map<string, string>();
  #mine: string;

  constructor(storage: Storage | null, mine = "ion.app.") {
    this.#storage = storage;
    this.#mine = mine;
  }

  get(key: string): string | null {
    return this.#memory.get(key) ?? this.#storage?.getItem(this.#mine + key) ?? null;
  }

  set(key: string, value: string): void {
    try {
      if (!this.#storage) throw new Error("no storage");
      this.#storage.setItem(this.#mine + key, value);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, value); // full or forbidden: it lives as long as the page
    }
  }

  remove(key: string): void {
    this.#memory.delete(key);
    this.#storage?.removeItem(this.#mine + key);
  }

  keys(prefix = ""): string[] {
    const stored = Array.from({ length: this.#storage?.length ?? 0 }, (_, at) => this.#storage?.key(at) ?? "")
      .filter((key) => key.startsWith(this.#mine))
      .map((key) => key.slice(this.#mine.length));
    return [...new Set([...stored, ...this.#memory.keys()])].filter((key) => key.startsWith(prefix)).sort();
  }
}

/** Return what was kept as JSON, or null where nothing or something else is. */
export function readJson<T>(pairs: Pairs, key: string): T | null {
  try {
    return JSON.parse(pairs.get(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

/** Remove all whose key begins with `prefix`. */
export function removeAll(pairs: Pairs, prefix = ""): void {
  for (const key of pairs.keys(prefix)) pairs.remove(key);
}
