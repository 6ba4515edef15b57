// The list of a person's conversations, as the server keeps it.

const PAGE = 30;
const REFRESH_AFTER_MS = 400;
const AGAIN_AFTER_MS = 15_000;

export class Shelf {
  sessions = [];
  nextPage = null;
  listed = false;
  #api;
  #timers;
  #changed;
  #timer = null;
  #round = 0;

  /** `changed()` is called after the list changed. */
  constructor({ api, timers, changed }) {
    this.#api = api;
    this.#timers = timers;
    this.#changed = changed;
  }

  /** Fetch the list; what can't be reached now is fetched when it can. */
  async refresh() {
    const round = this.#round;
    try {
      const page = await this.#api.sessions({ limit: PAGE });
      if (round !== this.#round) return;
      const last = page.next && page.sessions.at(-1);
      const from = last ? this.sessions.findIndex((each) => place(each) < place(last)) : -1;
      // if all that is known is older, others may lie between
      const older = from > 0 ? this.sessions.slice(from) : [];
      const later = older.filter((each) => !page.sessions.some(same(each)));
      this.sessions = [...page.sessions, ...later];
      if (!later.length) this.nextPage = page.next;
      this.listed = true;
    } catch {
      return this.#refreshIn(AGAIN_AFTER_MS);
    }
    this.#changed();
  }

  /** Fetch the list after a moment in which more may happen. */
  refreshSoon() {
    this.#refreshIn(REFRESH_AFTER_MS);
  }

  /** Fetch the next page; raises ApiError. */
  async more() {
    const asked = this.nextPage;
    const round = this.#round;
    const page = await this.#api.sessions({ limit: PAGE, before: asked });
    // a newer list has taken its place, or somebody else's
    if (asked !== this.nextPage || round !== this.#round) return;
    const fresh = page.sessions.filter((each) => !this.sessions.some(same(each)));
    this.sessions = [...this.sessions, ...fresh];
    this.nextPage = page.next;
    this.#changed();
  }

  /** Put a conversation into the list, in its place when it has one. */
  put(session) {
    const known = this.sessions.some(same(session));
    this.sessions = known
      ? this.sessions.map((each) => (each.id === session.id ? session : each))
      : [session, ...this.sessions];
  }

  /** So many answers of a conversation are unread. */
  count(id, unread) {
    this.sessions = this.sessions.map((each) => (each.id === id ? { ...each, unread } : each));
  }

  /** Take a conversation out of the list. */
  drop(id) {
    this.sessions = this.sessions.filter((each) => each.id !== id);
  }

  /** Forget all: somebody else is logged in. */
  clear() {
    this.sessions = [];
    this.nextPage = null;
    this.#round += 1;
  }

  #refreshIn(ms) {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = this.#timers.setTimeout(() => this.refresh(), ms);
  }
}

/** What orders sessions as the server does: of equal times, the greater id comes first. */
function place({ updated_at: at, id }) {
  // whole seconds come without a fraction
  return at.replace(/(:\d\d)Z/, "$1.000000Z") + id;
}

function same(session) {
  return (each) => each.id === session.id;
}
