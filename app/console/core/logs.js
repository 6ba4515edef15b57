// The logs of the conversations that are read here: frames in, and who else has to hear of them.

import { emptySession, reduce } from "./reducer.js";

const TELLING = ["turn_started", "turn_done", "turn_failed"];

export class Logs {
  #states;
  #attachments;
  #delivery;
  #history;
  #marks;
  #shelf;

  /** `states`: the conversations by id, as the reducer makes them. */
  constructor({ states, attachments, delivery, history, marks, shelf }) {
    this.#states = states;
    this.#attachments = attachments;
    this.#delivery = delivery;
    this.#history = history;
    this.#marks = marks;
    this.#shelf = shelf;
  }

  /** Return what is known of a conversation. */
  of(id) {
    return this.#states.get(id) ?? emptySession(id);
  }

  /** Take in a frame; false when it changes nothing. */
  read(frame) {
    const id = frame.session_id ?? frame.session?.id;
    if (!id) return false;
    if (frame.type === "attached") this.#attachments.told(id);
    if (frame.type === "snapshot") this.#history.forget(id);
    if (frame.type === "feedback") this.#marks.rated(frame.turn_id);
    const before = this.of(id);
    const after = reduce(before, frame);
    if (after === before) return false;
    this.#states.set(id, after);
    if (after.gap && !before.gap) this.#attachments.ask(id);
    if (after.torn && !before.torn) this.#attachments.ask(id, { anew: true });
    if (after.turns !== before.turns) this.#delivery.settle(after, { whole: frame.type === "snapshot" });
    if (after.info !== before.info && after.info) this.#shelf.put(after.info);
    if (after.unread !== before.unread) this.#shelf.count(id, after.unread);
    if (TELLING.includes(frame.type)) this.#shelf.refreshSoon();
    return true;
  }

  /** The server tells of a conversation by another way. */
  put(session) {
    const state = this.#states.get(session.id);
    if (state) this.#states.set(session.id, { ...state, info: session });
    this.#shelf.put(session);
  }

  /** Tell the server what was read where the list or the log says that something was not. */
  tellRead() {
    const listed = new Map(this.#shelf.sessions.map((each) => [each.id, each.unread ?? 0]));
    for (const state of this.#states.values()) {
      this.#marks.tell(state, Math.max(state.unread, listed.get(state.id) ?? 0));
    }
  }

  /** Forget a conversation. */
  drop(id) {
    this.#states.delete(id);
  }

  /** Forget all: somebody else is logged in. */
  clear() {
    this.#states.clear();
  }
}
