// What is remembered of the person. Forgetting waits a moment, in which it can be undone.

import { Leaving } from "./leaving.js";

const PAGE = 50;
const SOON_MS = 300;
const GROUPS = [
  ["about", ["name", "role"]], ["goal", ["goal"]], ["deadline", ["deadline"]],
  ["commitment", ["commitment"]], ["promise", ["promise"]], ["obstacle", ["obstacle"]],
  ["person", ["person"]], ["preference", ["preference"]],
];

const STAMP = / \((\d{4}-\d{2}-\d{2})\)$/;

/** Return a memory's text without the day in figures at its end. */
export function unstamped(text) {
  return text.replace(STAMP, "");
}

/** Return a memory's text with that day as people write it. */
export function dated(text, words) {
  return text.replace(STAMP, (_, day) => ` (${words.date(`${day}T12:00`)})`);
}

export class Memory {
  paused = false;
  loaded = false;
  next = null;
  query = "";
  /** What is about to be forgotten, each with { refuse }: see core/leaving.js. */
  leaving;
  #api;
  #timers;
  #changed;
  #known = new Map();
  #listed = [];
  #wanted = new Set();
  #wanting = null;
  #round = 0;

  /** `changed()` is called after anything changed. */
  constructor({ api, storage, timers, now, changed }) {
    this.#api = api;
    this.#timers = timers;
    this.#changed = changed;
    this.leaving = new Leaving({
      storage, timers, now, changed, prefix: "ion.forget.",
      act: (id, { refuse }, { keepalive }) => api.forgetMemory(id, { refuse, keepalive }),
      gone: (id) => this.#known.set(id, null),
    });
  }

  // what is seen

  /** Memories in groups that a person would make: [{ name, memories }], the pinned ones first. */
  get groups() {
    const all = this.#listed.map((id) => this.#known.get(id)).filter(Boolean);
    const pinned = all.filter((each) => each.pinned);
    const others = GROUPS.map(([name, kinds]) => ({
      name, memories: all.filter((each) => !each.pinned && kinds.includes(each.kind)),
    }));
    return [{ name: "pinned", memories: pinned }, ...others].filter((each) => each.memories.length);
  }

  /**
   * Return [{ id, text }] of those facts that are still remembered; `said` has texts by id, for
   * what is not known yet. Whatever is not known is asked for. Ids of turns are passed over.
   */
  texts(ids, said = {}) {
    const shown = ids.filter((id) => id.startsWith("f_") && !this.leaving.get(id) && this.#known.get(id) !== null);
    for (const id of shown) if (!this.#known.has(id)) this.#want(id);
    return shown
      .map((id) => ({ id, text: this.#known.get(id)?.text ?? said[id] }))
      .filter((each) => each.text);
  }

  // what the person does

  /** Fetch the list anew; raises ApiError. */
  async load() {
    const round = ++this.#round;
    const page = await this.#api.memories({ q: this.query, limit: PAGE });
    if (round !== this.#round) return;
    this.#listed = [];
    this.loaded = true;
    this.#take(page);
  }

  /** Fetch the next page; raises ApiError. */
  async more() {
    const round = this.#round;
    const page = await this.#api.memories({ q: this.query, before: this.next, limit: PAGE });
    if (round === this.#round) this.#take(page);
  }

  /** Show only what has these words; raises ApiError. */
  async search(query) {
    this.query = query.trim();
    await this.load();
  }

  /** Fetch all messages that a memory is from, and what held before it; raises ApiError. */
  async why(id) {
    this.#put({ ...await this.#api.memory(id), whole: true });
  }

  /** Correct, pin or share a memory; raises ApiError. */
  async change(id, changes) {
    const whole = this.#known.get(id)?.whole;
    this.#put({ ...await this.#api.updateMemory(id, changes), whole });
  }

  /** Remember nothing new, or go on; raises ApiError. */
  async pause(paused) {
    this.paused = (await this.#api.pauseMemory(paused)).paused;
    this.#changed();
  }

  /** Forget something soon; with `refuse` it is never learned again. */
  forget(id, { refuse = false } = {}) {
    this.leaving.begin(id, { refuse });
  }

  // what the connection says

  /** The connection is open: forget what could not be forgotten before. */
  connected() {
    this.leaving.connected();
  }

  /** A frame came. */
  received({ type, memory_id: id }) {
    if (type !== "memory_saved") return;
    this.#known.delete(id);
    if (this.loaded) this.load().catch(() => {}); // it is loaded when it is looked at
  }

  /** Forget all: somebody else is logged in. */
  clear() {
    this.leaving.clear();
    for (const known of [this.#known, this.#wanted]) known.clear();
    this.#listed = [];
    this.loaded = this.paused = false;
    this.#round += 1;
  }

  #take({ memories, next, paused }) {
    this.next = next;
    this.paused = paused;
    for (const each of memories) {
      this.#known.set(each.id, each);
      if (!this.#listed.includes(each.id)) this.#listed.push(each.id);
    }
    this.#changed();
  }

  #put(memory) {
    this.#known.set(memory.id, memory);
    this.#changed();
  }

  /** Ask for a memory, together with others that are wanted in the same moment. */
  #want(id) {
    if (this.#wanted.has(id)) return;
    this.#wanted.add(id);
    this.#wanting ??= this.#timers.setTimeout(() => this.#ask(), SOON_MS);
  }

  async #ask() {
    this.#wanting = null;
    const ids = [...this.#wanted].filter((id) => !this.#known.has(id)).slice(-2 * PAGE);
    if (!ids.length) return;
    try {
      const { memories } = await this.#api.memories({ ids, limit: 2 * PAGE });
      for (const id of ids) this.#known.set(id, memories.find((each) => each.id === id) ?? null);
    } catch {
      // shown without; what comes next asks again
    }
    for (const id of ids) this.#wanted.delete(id);
    this.#changed();
  }
}
