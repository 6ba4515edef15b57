// What the person has read, and what they think of answers.

export class Marks {
  #line;
  #seen = new Map();
  #told = new Map();
  #ratings = new Map();

  /** `line`: { send(frame) }, false when there is no connection to take it. */
  constructor({ line }) {
    this.#line = line;
  }

  /** An answer was seen to its end; false when that is no news. */
  see(state, messageId) {
    const before = this.#seen.get(state.id);
    const news = before === undefined
      || unseenAfter(state, messageId) < unseenAfter(state, before);
    if (news) this.#seen.set(state.id, messageId);
    return news;
  }

  /** Tell the server how far a conversation was read, when it believes in more that was not. */
  tell(state, unread) {
    const last = this.#seen.get(state.id);
    if (last === undefined || unread <= unseenAfter(state, last)) return;
    if (this.#told.get(state.id) === last) return;
    const told = this.#line.send({ type: "read", session_id: state.id, message_id: last });
    if (told) this.#told.set(state.id, last);
  }

  /** Return how many answers are unread here, where some were seen that the server knows not of. */
  unread(state, unread) {
    const last = this.#seen.get(state.id);
    return last === undefined ? unread : Math.min(unread, unseenAfter(state, last));
  }

  /** Rate an answer: -1, 1, or 0 to take it back. */
  rate(sessionId, turnId, rating) {
    this.#ratings.set(turnId, { sessionId, rating });
    this.#sendRating(turnId);
  }

  /** Return the rating of an answer, also while the server has not confirmed it. */
  ratingOf({ id, answer }) {
    return this.#ratings.get(id)?.rating ?? answer?.rating ?? 0;
  }

  /** The server tells of a rating. */
  rated(turnId) {
    this.#ratings.delete(turnId);
  }

  /** The connection is open anew: what was told before may not have arrived. */
  connected() {
    this.#told.clear();
    for (const turnId of this.#ratings.keys()) this.#sendRating(turnId);
  }

  /** Forget all: somebody else is logged in. */
  clear() {
    for (const known of [this.#seen, this.#told, this.#ratings]) known.clear();
  }

  #sendRating(turnId) {
    const { sessionId, rating } = this.#ratings.get(turnId);
    this.#line.send({ type: "feedback", session_id: sessionId, turn_id: turnId, rating });
  }
}

/** Return how many answers stand after one; an answer that left the view has none before it. */
function unseenAfter(state, messageId) {
  const answers = state.turns.filter((turn) => turn.status === "done" && turn.answer.text);
  const at = answers.findIndex((turn) => turn.answer.id === messageId);
  return at < 0 ? answers.length : answers.length - 1 - at;
}
