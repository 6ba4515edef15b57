// Which conversations the socket reads: the last ones opened.

const MOST = 8;

export class Attachments {
  #line;
  #states;
  #ids = [];

  /** `line`: { send(frame) }; `states`: the conversations by id. */
  constructor({ line, states }) {
    this.#line = line;
    this.#states = states;
  }

  /** What `hello` asks for: to read on where each conversation was left. */
  points() {
    return this.#ids.map((id) => point(this.#states.get(id), id));
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
      this.#line.send({ type: "detach", session_id: left });
    }
  }

  /** Ask for what comes after what is known, or for everything anew. */
  ask(id, { anew = false } = {}) {
    this.#line.send({ type: "attach", ...point(anew ? undefined : this.#states.get(id), id) });
  }

  /** Read a conversation no more. */
  detach(id) {
    this.#ids = this.#ids.filter((each) => each !== id);
    this.#line.send({ type: "detach", session_id: id });
  }

  /** Forget all: somebody else is logged in. */
  clear() {
    this.#ids = [];
  }
}

function point(state, id) {
  return state?.loaded && !state.awaiting
    ? { session_id: id, epoch: state.epoch, after: state.cursor }
    : { session_id: id };
}
