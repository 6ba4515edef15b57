// Hands what waits in the outbox to the socket, in order, until the server confirms it.

import { backoffMs } from "./backoff.js";
import { isLocal } from "./outbox.js";

const ACK_WITHIN_MS = 20_000;
const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 120_000;

export class Delivery {
  #line;
  #outbox;
  #timers;
  #random;
  #timer = null;

  /** `line`: { isOpen(), send(frame), reset() }. */
  constructor({ line, outbox, timers, random }) {
    this.#line = line;
    this.#outbox = outbox;
    this.#timers = timers;
    this.#random = random;
  }

  /** Send what may be sent now. */
  flush() {
    this.#timers.clearTimeout(this.#timer);
    if (!this.#line.isOpen()) return;
    for (const entry of this.#outbox.ready()) {
      this.#outbox.sending(entry.id);
      this.#line.send(frameOf(entry));
    }
    this.#flushLater();
  }

  /** The server has a message; returns the key it had here, or null when it is none of ours. */
  acked({ client_msg_id: id, session_id: sessionId, turn_id: turnId }) {
    return this.#outbox.acked(id, sessionId, turnId);
  }

  /**
   * What the log shows is no longer the outbox's business: messages, and turns asked for again;
   * nor what was confirmed and is not in the `whole`.
   */
  settle({ id, turns, gone }, { whole = false } = {}) {
    const waiting = this.#outbox.of(id);
    if (!waiting.length) return;
    const said = new Set(turns.flatMap((turn) => turn.messages.map((each) => each.client_msg_id)));
    const known = new Set([...turns.map((turn) => turn.id), ...gone]);
    const shown = waiting.filter(({ id: own, kind, status, turnId }) =>
      said.has(own) || (whole && status === "sent") || (kind === "regenerate" && known.has(turnId)));
    if (this.#outbox.forget(shown.map((each) => each.id))) this.flush();
  }

  /** The server refused a message; false when it is none of ours. */
  refused({ ref, code, retryable, retry_after_ms: afterMs }) {
    const entry = this.#outbox.entries.find((each) => each.id === ref);
    if (!entry) return false;
    const pauseMs = afterMs ?? LEAST_PAUSE_MS + backoffMs(entry.attempts + 1, this.#random);
    // who would wait for hours should know, and choose the moment
    const soon = retryable && pauseMs <= MOST_PAUSE_MS;
    this.#outbox.refused(ref, { retryable: soon, code, pauseMs });
    this.flush();
    return true;
  }

  #flushLater() {
    const pauseMs = this.#outbox.nextInMs();
    const waiting = this.#outbox.entries.some((entry) => entry.status === "pending");
    if (pauseMs !== null) {
      this.#timer = this.#timers.setTimeout(() => this.flush(), pauseMs);
    } else if (waiting) {
      // an open socket that confirms nothing is no good: the next one is told again
      this.#timer = this.#timers.setTimeout(() => this.#line.reset(), ACK_WITHIN_MS);
    }
  }
}

function frameOf({ kind, id, key, text, about, persona }) {
  const place = isLocal(key) ? {} : { session_id: key };
  const chosen = persona ? { persona } : {};
  const frame = { type: kind, client_msg_id: id, ...place };
  if (kind === "regenerate") return { ...frame, turn_id: about, ...chosen };
  if (kind === "edit") return { ...frame, message_id: about, text };
  return { ...frame, text, ...chosen };
}
