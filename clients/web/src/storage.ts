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
    // a call, since minifiers drop a bare look at a property, and with it the throw
    localStorage.getItem("");
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

/** JSON values, read and written one after the other, so that no word overtakes an earlier one. */
export interface Store {
  /** Return a value, null when there is none that makes sense. */
  $get<T>(key: string): Promise<T | null>;
  $set(key: string, value: unknown): void;
  $remove(key: string): void;
  /** Return what stands under keys that begin with `start`, by the rest of the key. */
  $all<T>(start: string): Promise<[string, T][]>;
}

/** Wrap a storage; `failed` is called when something could not be kept or read. */
export function jsonStore(kept: KeyValue, prefix: string, failed: () => void): Store {
  let line: Promise<any> = Promise.resolve();
  const next = (act: () => any) => (line = line.then(act).catch(() => (failed(), null)));
  const $get = (key: string) => next(async () => JSON.parse((await kept.get(prefix + key)) ?? "null"));
  return {
    $get,
    $set: (key, value) => {
      const text = JSON.stringify(value);
      void next(() => kept.set(prefix + key, text));
    },
    $remove: (key) => void next(() => kept.remove(prefix + key)),
    $all: async (start) => {
      const whole = prefix + start;
      const found: [string, any][] = [];
      for (const key of (await next(() => kept.keys())) ?? []) {
        const value = key.startsWith(whole) && (await $get(key.slice(prefix.length)));
        if (value) found.push([key.slice(whole.length), value]);
      }
      return found;
    },
  };
}
