// Strings that outlive the page, as JSON, under one prefix. What can't be kept is not an accident.

import type { KeyValue } from "./types";

/** Return a store that lives as long as the program. */
export function memory(): KeyValue {
  const kept = new Map<string, string>();
  return {
    get: (key) => kept.get(key),
    set: (key, value) => kept.set(key, value),
    remove: (key) => kept.delete(key),
    keys: () => [...kept.keys()],
  };
}

/** Return the browser's store; memory where there is none, or none is allowed. */
export function browserStorage(): KeyValue {
  try {
    const { localStorage } = globalThis;
    localStorage.length;
    return {
      get: (key) => localStorage.getItem(key),
      set: (key, value) => localStorage.setItem(key, value),
      remove: (key) => localStorage.removeItem(key),
      keys: () => Object.keys(localStorage),
    };
  } catch {
    return memory();
  }
}

export class Store {
  #line: Promise<unknown> = Promise.resolve();

  /** `failed` is called when something could not be kept or read. */
  constructor(
    private readonly kept: KeyValue,
    private readonly prefix: string,
    private readonly failed: () => void,
  ) {}

  /** Return a value, null when there is none that makes sense. */
  get<T>(key: string): Promise<T | null> {
    return this.#next(async () => JSON.parse((await this.kept.get(this.prefix + key)) ?? "null"));
  }

  set(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    void this.#next(() => this.kept.set(this.prefix + key, text));
  }

  remove(key: string): void {
    void this.#next(() => this.kept.remove(this.prefix + key));
  }

  /** Return what stands under keys that begin with `start`, by the rest of the key. */
  async all<T>(start: string): Promise<[string, T][]> {
    const whole = this.prefix + start;
    const keys = (await this.#next(() => this.kept.keys())) ?? [];
    const found: [string, T][] = [];
    for (const key of keys as string[]) {
      if (!key.startsWith(whole)) continue;
      const value = await this.get<T>(key.slice(this.prefix.length));
      if (value) found.push([key.slice(whole.length), value]);
    }
    return found;
  }

  /** One after the other, so that a later word is never overtaken by an earlier one. */
  #next(act: () => any): Promise<any> {
    return (this.#line = this.#line.then(act).catch(() => {
      this.failed();
      return null;
    }));
  }
}
