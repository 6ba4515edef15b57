// Tells the server that the person is writing, so that an answer waits for the rest of a thought.

const AGAIN_AFTER_MS = 3_000;

export class Typing {
  #line;
  #now;
  #about = "";
  #since = null;

  /** `line`: { send(frame) }; `now()` in ms. */
  constructor({ line, now }) {
    this.#line = line;
    this.#now = now;
  }

  /** The text that is being written in a conversation has changed. */
  edited(sessionId, text) {
    if (sessionId !== this.#about) this.over();
    const due = this.#since === null || this.#now() - this.#since >= AGAIN_AFTER_MS;
    if (text && due) this.#say(sessionId, true);
    if (!text && this.#since !== null) this.#say(sessionId, false);
  }

  /** It was sent, or left: that needs no word. */
  over() {
    this.#since = null;
  }

  #say(sessionId, active) {
    this.#about = sessionId;
    const said = this.#line.send({ type: "typing", session_id: sessionId, active });
    this.#since = active && said ? this.#now() : null;
  }
}
