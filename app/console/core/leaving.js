// What is about to go: a moment in which it can be undone, kept over reloads, then it is done.

export const UNDO_MS = 20_000;
const AGAIN_MS = 5_000;

export class Leaving {
  #options;
  #all = new Map();

  /**
   * options: storage, timers, now; prefix begins the keys; `act(id, wish, { keepalive })` does it
   * and raises ApiError; `gone(id)` is called when it was done, `changed()` after anything changed.
   */
  constructor(options) {
    this.#options = options;
  }

  /** The wish of what is about to go, or null. */
  get(id) {
    return this.#all.get(id) ?? null;
  }

  /** Do it soon. */
  begin(id, wish = {}) {
    const { storage, prefix, now } = this.#options;
    const begun = { ...wish, at: now() };
    storage.set(prefix + id, begun);
    this.#wait(id, begun);
    this.#options.changed();
  }

  /** Don't do it after all. */
  undo(id) {
    this.#drop(id);
    this.#options.changed();
  }

  /** Nothing can be undone any more: all of it is done now, also when the page ends. */
  leave() {
    for (const id of this.#all.keys()) this.#finish(id, { keepalive: true });
  }

  /** The connection is open: do what could not be done before. */
  connected() {
    const { storage, prefix } = this.#options;
    for (const key of storage.keys(prefix)) {
      const id = key.slice(prefix.length);
      const wish = storage.get(key);
      if (wish && !this.#all.get(id)?.timer) this.#wait(id, wish);
    }
  }

  /** Forget all wishes: somebody else is logged in. */
  clear() {
    for (const id of this.#all.keys()) this.#drop(id);
  }

  #drop(id) {
    const { storage, timers, prefix } = this.#options;
    timers.clearTimeout(this.#all.get(id)?.timer);
    this.#all.delete(id);
    storage.remove(prefix + id);
  }

  #wait(id, wish) {
    const { timers, now } = this.#options;
    const inMs = Math.max(0, wish.at + UNDO_MS - now());
    this.#all.set(id, { ...wish, timer: timers.setTimeout(() => this.#finish(id), inMs) });
  }

  async #finish(id, { keepalive = false } = {}) {
    const { storage, timers, prefix, act, gone } = this.#options;
    const wish = this.#all.get(id);
    timers.clearTimeout(wish.timer);
    this.#all.set(id, { ...wish, timer: null });
    // another tab may have undone it
    const wanted = storage.get(prefix + id);
    try {
      if (wanted) await act(id, wish, { keepalive });
    } catch (error) {
      if (error.status !== 404) return this.#postpone(id);
    }
    if (wanted) gone(id);
    this.undo(id);
  }

  /** Its time is over: it is tried again soon, and at once by the next page. */
  #postpone(id) {
    const { storage, timers, prefix } = this.#options;
    const wish = storage.get(prefix + id);
    if (!wish) return this.undo(id);
    const late = { ...wish, at: 0 };
    storage.set(prefix + id, late);
    this.#all.set(id, { ...late, timer: timers.setTimeout(() => this.#finish(id), AGAIN_MS) });
  }
}
