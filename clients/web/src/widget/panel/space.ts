// Storage that belongs to one person at one site, and to nobody else.

/** A key-value store of strings, as the SDK takes it. */
export interface KeyValue {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** A part of a browser's storage under a prefix; in memory where a page may keep nothing. */
export class Space implements KeyValue {
  #storage: Storage | null;
  #memory = new Map<string, string>();
  #prefix: string;

  constructor(storage: Storage | null, prefix: string) {
    this.#storage = storage;
    this.#prefix = prefix;
  }

  get(key: string): string | null {
    const kept = this.#memory.get(key);
    return kept ?? this.#storage?.getItem(this.#prefix + key) ?? null;
  }

  set(key: string, value: string): void {
    try {
      if (!this.#storage) throw new Error("none");
      this.#storage.setItem(this.#prefix + key, value);
      this.#memory.delete(key);
    } catch {
      // full or forbidden: it is known as long as the page is
      this.#memory.set(key, value);
    }
  }

  remove(key: string): void {
    this.#memory.delete(key);
    this.#storage?.removeItem(this.#prefix + key);
  }

  keys(): string[] {
    const stored = Object.keys(this.#storage ?? {}).filter((key) => key.startsWith(this.#prefix));
    const names = stored.map((key) => key.slice(this.#prefix.length));
    return [...new Set([...names, ...this.#memory.keys()])];
  }

  /** Forget everything in it. */
  clear(): void {
    for (const key of this.keys()) this.remove(key);
  }
}

/** Return a storage of the browser, or null where it is forbidden. */
export function storageOf(name: "localStorage" | "sessionStorage"): Storage | null {
  try {
    return window[name];
  } catch {
    return null;
  }
}
