// What mentors are going to write of themselves, and whether they may. Calling off can be undone.

import { Leaving } from "./leaving.js";

const SOON_MS = 1_000;
/** Models of answers that nobody asked for: what was planned has come. */
const CAME = new Set(["check_in", "reminder", "nudge"]);

export class Planned {
  list = [];
  settings = null;
  loaded = false;
  /** What is about to be called off: see core/leaving.js. */
  leaving;
  #api;
  #timers;
  #changed;
  #soon = null;
  #round = 0;

  /** `changed()` is called after anything changed. */
  constructor({ api, storage, timers, now, changed }) {
    this.#api = api;
    this.#timers = timers;
    this.#changed = changed;
    this.leaving = new Leaving({
      storage, timers, now, changed, prefix: "ion.calloff.",
      act: (id, wish, options) => api.callOff(id, options),
      gone: (id) => { this.list = this.list.filter((each) => each.id !== id); },
    });
  }

  /** What still stands, the next first. */
  get standing() {
    return this.list.filter((each) => !this.leaving.get(each.id));
  }

  /** The next that is to come in a session, or null. */
  nextIn(sessionId) {
    return this.standing.find((each) => each.session_id === sessionId) ?? null;
  }

  /** Fetch what is planned and what is allowed; raises ApiError. */
  async load() {
    const [settings] = await Promise.all([this.#api.notificationSettings(), this.#list()]);
    this.settings = settings;
    this.#changed();
  }

  /** Allow something, or no more; raises ApiError. */
  async allow(changes) {
    this.settings = await this.#api.updateNotifications(changes);
    this.#changed();
    await this.#list();
  }

  /** Have something never be written, soon. */
  callOff(id) {
    this.leaving.begin(id);
  }

  /** The connection is open, or somebody looks again: see what is planned now. */
  connected() {
    this.leaving.connected();
    this.look();
  }

  /** See in a moment what is planned now. */
  look() {
    this.#soon ??= this.#timers.setTimeout(() => {
      this.#soon = null;
      this.#list().catch(() => {}); // the next connection asks again
    }, SOON_MS);
  }

  /** A frame came. */
  received({ type, model }) {
    if (type === "memory_saved" || (type === "turn_done" && CAME.has(model))) this.look();
  }

  /** Forget all: somebody else is logged in. */
  clear() {
    this.leaving.clear();
    this.#round += 1;
    this.list = [];
    this.settings = null;
    this.loaded = false;
  }

  async #list() {
    const round = ++this.#round;
    const { planned } = await this.#api.planned();
    if (round !== this.#round) return;
    this.list = planned;
    this.loaded = true;
    this.#changed();
  }
}
