// Which conversations the socket reads: the last ones opened.

const MOST = 8;
const AGAIN_AFTER_MS = 2_000;

export class Attachments {
  #line;
  #states;
  #timers;
  #ids = [];
  #greeted = [];
  #asked = new Set();
  #later = new Set();

  /** `line`: { send(frame) }; `states`: the conversations by id. */
  constructor({ line, states, timers }) {
    this.#line = line;
    this.#states = states;
    this.#timers = timers;
  }

  /** What `hello` asks for: to read on where each conversation was left. */
  points() {
    this.#greeted = this.#ids;
    this.#asked = new Set(this.#ids);
    return this.#ids.map((id) => point(this.#states.get(id), id));
  }

  /** The connection is open: ask for what was opened since `hello`. */
  connected() {
    for (const id of this.#ids) if (!this.#greeted.includes(id)) this.ask(id);
  }

  /** Whether a conversation was asked for and the server has not told of it. */
  waits(id) {
    return this.#asked.has(id);
  }

  /** The server tells of a conversation. */
  told(id) {
    this.#asked.delete(id);
    this.touch(id);
  }

  /** The server can't tell of a conversation now: ask again later, once for all that say so. */
  askLater(id, afterMs) {
    if (this.#later.has(id)) return;
    this.#later.add(id);
    this.#timers.setTimeout(() => {
      this.#later.delete(id);
      if (this.waits(id)) this.ask(id);
    }, afterMs ?? AGAIN_AFTER_MS);
  }

  /** Whether a conversation is read. */
  has(id) {
    return this.#ids.includes(id);
  }

  /** Read a conversation. */
  attach(id) {
    const known = this.#ids.includes(id);
    this.touch(id);
    if (!known) this.ask(id);
  }

  /** A conversation is the one opened last; the one opened the longest ago makes room. */
  touch(id) {
    this.#ids = [id, ...this.#ids.filter((each) => each !== id)];
    for (const left of this.#ids.splice(MOST)) {
      this.#asked.delete(left);
      this.#line.send({ type: "detach", session_id: left });
    }
  }

  /** Ask for what comes after what is known, or for everything anew. */
  ask(id, { anew = false } = {}) {
    this.#asked.add(id);
    this.#line.send({ type: "attach", ...point(anew ? undefined : this.#states.get(id), id) });
  }

  /** Read a conversation no more. */
  detach(id) {
    this.#ids = this.#ids.filter((each) => each !== id);
    this.#asked.delete(id);
    this.#line.send({ type: "detach", session_id: id });
  }

  /** Forget all: somebody else is logged in. */
  clear() {
    this.#ids = [];
    this.#asked.clear();
  }
}

function point(state, id) {
  return state?.loaded && !state.awaiting
    ? { session_id: id, epoch: state.epoch, after: state.cursor }
    : { session_id: id };
}
