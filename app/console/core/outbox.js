// Messages that the server has not confirmed yet. They outlive reloads and dead servers.
//
// entry: { id, key, kind, about, text, persona, at, n, status, error, attempts, notBefore, turnId }
//        key: a session id, or "new:…" for a conversation that the server has not heard of
//        kind: "send" | "edit" (about: the message's id) | "regenerate" (about: the turn's id)
//        status: "pending" (kept here) | "sent" (durable there, not yet in the log) | "failed"

const PREFIX = "ion.outbox.";
const MOST_ATTEMPTS = 6;

/** Return whether a key names a conversation that exists on this device only. */
export function isLocal(key) {
  return key.startsWith("new:");
}

export class Outbox {
  #storage;
  #now;
  #entries;
  #inFlight = new Set();

  constructor({ storage, now }) {
    this.#storage = storage;
    this.#now = now;
    this.#entries = storage.keys(PREFIX)
      .map((key) => storage.get(key))
      .filter((entry) => entry && typeof entry.id === "string" && typeof entry.text === "string")
      .map((entry) => ({ kind: "send", about: null, ...entry, attempts: 0, notBefore: 0 }))
      .sort((a, b) => a.at - b.at || a.n - b.n);
  }

  /** All entries, the oldest first. */
  get entries() {
    return this.#entries;
  }

  /** Return the entries of one conversation. */
  of(key) {
    return this.#entries.filter((entry) => entry.key === key);
  }

  /** Keep a new message; `id` becomes its client_msg_id. */
  add({ id, key, text, persona = null, kind = "send", about = null }) {
    const last = this.#entries.at(-1);
    const at = Math.max(this.#now(), last?.at ?? 0);
    const n = last?.at === at ? last.n + 1 : 0;
    this.#put({
      id, key, kind, about, text, persona, at, n,
      status: "pending", error: null, attempts: 0, notBefore: 0, turnId: null,
    });
  }

  /** Return what may be sent now: of each conversation the first that is not confirmed. */
  ready() {
    const first = new Map();
    for (const entry of this.#entries) {
      if (entry.status === "pending" && !first.has(entry.key)) first.set(entry.key, entry);
    }
    return [...first.values()].filter(
      (entry) => !this.#inFlight.has(entry.id) && entry.notBefore <= this.#now(),
    );
  }

  /** Return how long until a refused message may be sent again, in ms, or null. */
  nextInMs() {
    const waits = this.#entries
      .filter((entry) => entry.status === "pending" && entry.notBefore > this.#now())
      .map((entry) => entry.notBefore - this.#now());
    return waits.length ? Math.min(...waits) : null;
  }

  /** The message was handed to the socket. */
  sending(id) {
    this.#inFlight.add(id);
  }

  /** Nothing that was handed to the socket is known to have arrived. */
  lostTouch() {
    this.#inFlight.clear();
  }

  /** The server has the message; a conversation that was local now has the server's id. */
  acked(id, sessionId, turnId = null) {
    const entry = this.#find(id);
    if (!entry) return null;
    this.#inFlight.delete(id);
    this.#storage.remove(PREFIX + id);
    this.#replace({ ...entry, status: "sent", key: sessionId, error: null, turnId });
    if (isLocal(entry.key)) this.rename(entry.key, sessionId);
    return entry.key;
  }

  /** The server refused the message; it is tried again later, or left to the person. */
  refused(id, { retryable, code, pauseMs }) {
    const entry = this.#find(id);
    if (!entry || entry.status !== "pending") return;
    this.#inFlight.delete(id);
    const attempts = entry.attempts + 1;
    if (retryable && attempts < MOST_ATTEMPTS) {
      this.#put({ ...entry, attempts, notBefore: this.#now() + pauseMs });
    } else {
      this.#put({ ...entry, attempts, status: "failed", error: code });
    }
  }

  /** Try a failed message again, with the same id: a resend can never count twice. */
  retry(id) {
    const entry = this.#find(id);
    if (entry?.status === "failed") {
      this.#put({ ...entry, status: "pending", error: null, attempts: 0, notBefore: 0 });
    }
  }

  /** Forget messages: the log shows them now, or the person gave them up. */
  forget(ids) {
    const gone = new Set(ids);
    if (!this.#entries.some((entry) => gone.has(entry.id))) return false;
    for (const id of gone) {
      this.#inFlight.delete(id);
      this.#storage.remove(PREFIX + id);
    }
    this.#entries = this.#entries.filter((entry) => !gone.has(entry.id));
    return true;
  }

  /** The conversation is gone, and its messages with it, but not the words not yet sent. */
  strand(from, to) {
    this.rename(from, to);
    for (const entry of this.of(to)) this.#put({ ...entry, status: "failed", error: "gone" });
  }

  /** Move the unconfirmed messages of one conversation to another; its answers and what was confirmed stay behind. */
  rename(from, to) {
    for (const entry of this.of(from)) {
      if (!isLocal(to)) this.#put({ ...entry, key: to });
      else if (entry.kind === "regenerate" || entry.status === "sent") this.forget([entry.id]);
      else this.#put({ ...entry, key: to, kind: "send", about: null });
    }
  }

  #find(id) {
    return this.#entries.find((entry) => entry.id === id);
  }

  #put(entry) {
    if (entry.status !== "sent") this.#storage.set(PREFIX + entry.id, entry);
    this.#replace(entry);
  }

  #replace(entry) {
    const at = this.#entries.findIndex((each) => each.id === entry.id);
    this.#entries = at < 0
      ? [...this.#entries, entry]
      : this.#entries.with(at, entry);
  }
}
