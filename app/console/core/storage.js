// A small JSON store over localStorage that goes on in memory where the browser refuses one.

/** Wrap a Storage; without one, or when it throws, values live as long as the page. */
export function jsonStorage(backing) {
  const memory = new Map();
  return {
    get(key) {
      if (memory.has(key)) return memory.get(key);
      try {
        const raw = backing.getItem(key);
        return raw === null ? null : JSON.parse(raw);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        backing.setItem(key, JSON.stringify(value));
        memory.delete(key);
      } catch {
        memory.set(key, value);
      }
    },
    remove(key) {
      memory.delete(key);
      try {
        backing.removeItem(key);
      } catch {
        // a browser that keeps nothing has nothing to remove
      }
    },
    keys(prefix) {
      let kept = [];
      try {
        kept = Array.from({ length: backing.length }, (_, at) => backing.key(at));
      } catch {
        // as above: only the memory counts
      }
      return [...new Set([...kept, ...memory.keys()])].filter((key) => key.startsWith(prefix));
    },
  };
}

/** Give a value another key. */
export function move(storage, from, to) {
  const kept = storage.get(from);
  if (kept === null) return;
  storage.remove(from);
  storage.set(to, kept);
}
