// Older messages of a conversation, fetched page by page from before what is shown.

import { withOlder } from "./reducer.js";

const TURNS = 50;
const LOADING = "loading";

export class History {
  #api;
  #states;
  #changed;
  #before = new Map();

  /** `states`: the conversations by id; `changed()` is called after one of them changed. */
  constructor({ api, states, changed }) {
    this.#api = api;
    this.#states = states;
    this.#changed = changed;
  }

  /** Whether older messages exist: true, false, or null while they are being fetched. */
  has(state) {
    const known = this.#before.get(state.id);
    if (known !== undefined) return known === LOADING ? null : known !== "";
    return state.turns.length >= TURNS;
  }

  /** A snapshot came: what lies before it is not known yet. */
  forget(id) {
    this.#before.delete(id);
  }

  /** Fetch messages from before what is shown. */
  async load(id) {
    const before = this.#before.get(id);
    this.#before.set(id, LOADING);
    this.#changed();
    try {
      // a snapshot does not say where it begins, so the first page overlaps it
      const overlap = before ? null : await this.#api.messages(id, { limit: TURNS });
      const from = before ?? overlap.before;
      const page = from ? await this.#api.messages(id, { before: from, limit: TURNS }) : null;
      const messages = [...(page?.messages ?? []), ...(overlap?.messages ?? [])];
      this.#states.set(id, withOlder(this.#states.get(id), messages));
      this.#before.set(id, page?.before ?? "");
    } catch {
      if (before) this.#before.set(id, before);
      else this.#before.delete(id);
    }
    this.#changed();
  }
}
