// The conversations of one person: joins connection, outbox and reducer. Knows no DOM.

import { backoffMs } from "./backoff.js";
import { newId } from "./ids.js";
import { isLocal } from "./outbox.js";
import { emptySession, reduce, runningTurn, withOlder } from "./reducer.js";
import { excerpt } from "./text.js";

const MOST_ATTACHED = 8;
const ACK_WITHIN_MS = 20_000;
const OLDER_TURNS = 50;
const REFRESH_AFTER_MS = 400;

export class Chat {
  connection = null;
  current = "";
  sessions = [];
  nextPage = null;
  listed = false;
  #outbox;
  #api;
  #storage;
  #changed;
  #timers;
  #random;
  #states = new Map();
  #older = new Map();
  #attached = [];
  #flushTimer = null;
  #refreshTimer = null;

  /** `changed()` is called after anything changed; `timers` is { setTimeout, clearTimeout }. */
  constructor({ outbox, api, storage, changed, timers, random = Math.random }) {
    this.#outbox = outbox;
    this.#api = api;
    this.#storage = storage;
    this.#changed = changed;
    this.#timers = timers;
    this.#random = random;
  }

  // what is seen

  /** The open conversation. */
  get state() {
    return this.#states.get(this.current) ?? emptySession(this.current);
  }

  /** Messages of the open conversation that its log does not show yet. */
  get unconfirmed() {
    return this.#outbox.of(this.current);
  }

  /** Conversations that exist on this device only, the newest first. */
  get localSessions() {
    const keys = this.#outbox.entries.map((entry) => entry.key).filter(isLocal);
    return [...new Set(keys)].reverse().map((key) => {
      const [first] = this.#outbox.of(key);
      return { id: key, title: excerpt(first.text), updated_at: new Date(first.at).toISOString() };
    });
  }

  /** Whether older messages exist: true, false, or null while they are being fetched. */
  get hasOlder() {
    const known = this.#older.get(this.current);
    if (known !== undefined) return known === "loading" ? null : known !== "";
    return this.state.turns.length >= OLDER_TURNS;
  }

  /** Who should answer next: a persona's id, or null for whoever fits. */
  get persona() {
    const kept = this.#storage.get(`ion.persona.${this.current}`);
    return kept ? kept.id : this.state.info?.persona ?? null;
  }

  // what the person does

  /** Open a conversation by its id or local key. */
  open(key) {
    this.current = key;
    if (!isLocal(key)) this.#attach(key);
    this.#changed();
  }

  /** Open a new conversation; the server hears of it with the first message. */
  openNew() {
    const kept = this.#storage.get("ion.new");
    const key = kept && !this.#outbox.of(kept).length ? kept : newId("new:");
    this.#storage.set("ion.new", key);
    this.open(key);
  }

  /** Say something in the open conversation. */
  say(text) {
    this.#outbox.add({ id: newId(), key: this.current, text: text.trim(), persona: this.persona });
    this.#changed();
    this.#flush();
  }

  /** Try a message again that could not be sent. */
  retry(id) {
    this.#outbox.retry(id);
    this.#changed();
    this.#flush();
  }

  /** Give up a message that could not be sent, and return its text. */
  discard(id) {
    const entry = this.#outbox.entries.find((each) => each.id === id);
    this.#outbox.forget([id]);
    this.#changed();
    return entry?.text ?? "";
  }

  /** Ask again what could not be answered. */
  askAgain(turnId) {
    const turn = this.state.turns.find((each) => each.id === turnId);
    if (turn) this.say(turn.messages.map((message) => message.text).join("\n\n"));
  }

  /** Stop the running answer. */
  stop() {
    const turn = runningTurn(this.state);
    if (turn) this.connection.send({ type: "stop", session_id: this.current, turn_id: turn.id });
  }

  /** Choose who answers from now on; null gives the choice back. */
  async choose(persona) {
    const key = this.current;
    this.#storage.set(`ion.persona.${key}`, { id: persona });
    this.#changed();
    if (!isLocal(key)) await this.#keepPersona(key);
  }

  /** Rename a conversation; raises ApiError. */
  async rename(id, title) {
    this.#listed(await this.#api.updateSession(id, { title }));
  }

  /** Delete a conversation, also its unsent messages; raises ApiError. */
  async remove(id) {
    if (!isLocal(id)) {
      try {
        await this.#api.deleteSession(id);
      } catch (error) {
        if (error.status !== 404) throw error;
      }
    }
    this.#outbox.forget(this.#outbox.of(id).map((entry) => entry.id));
    this.#forget(id);
  }

  /** Fetch the list of conversations; what can't be reached now is fetched when it can. */
  async refresh() {
    try {
      const page = await this.#api.sessions({ limit: 30 });
      const later = this.sessions.slice(30).filter((each) => !page.sessions.some(same(each)));
      this.sessions = [...page.sessions, ...later];
      if (!later.length) this.nextPage = page.next;
      this.listed = true;
    } catch {
      return;
    }
    this.#changed();
  }

  /** Fetch the next page of the list; raises ApiError. */
  async more() {
    const page = await this.#api.sessions({ limit: 30, before: this.nextPage });
    const fresh = page.sessions.filter((each) => !this.sessions.some(same(each)));
    this.sessions = [...this.sessions, ...fresh];
    this.nextPage = page.next;
    this.#changed();
  }

  /** Fetch messages from before what is shown. */
  async loadOlder() {
    const key = this.current;
    const before = this.#older.get(key);
    this.#older.set(key, "loading");
    this.#changed();
    try {
      // a snapshot does not say where it begins, so the first page overlaps it
      const overlap = before ? null : await this.#api.messages(key, { limit: OLDER_TURNS });
      const from = before ?? overlap.before;
      const page = from ? await this.#api.messages(key, { before: from, limit: OLDER_TURNS }) : null;
      const messages = [...(page?.messages ?? []), ...(overlap?.messages ?? [])];
      this.#states.set(key, withOlder(this.#states.get(key), messages));
      this.#older.set(key, page?.before ?? "");
    } catch {
      if (before) this.#older.set(key, before);
      else this.#older.delete(key);
    }
    this.#changed();
  }

  // what the connection says

  /** What `hello` asks for: to read on where each conversation was left. */
  attachPoints() {
    return this.#attached.map((id) => point(this.#states.get(id), id));
  }

  /** The connection is open, or was lost. */
  connected(open) {
    this.#outbox.lostTouch();
    if (open) {
      this.#flush();
      this.#refreshSoon();
    }
    this.#changed();
  }

  /** A frame came. */
  received(frame) {
    if (frame.type === "ack") this.#acked(frame);
    else if (frame.type === "error") this.#failed(frame);
    else if (frame.session_id || frame.session) this.#read(frame);
  }

  /** Somebody else is logged in now: what was not sent yet goes to conversations of theirs. */
  newUser() {
    for (const key of new Set(this.#outbox.entries.map((entry) => entry.key))) {
      if (!isLocal(key)) this.#outbox.rename(key, newId("new:"));
    }
    this.#states.clear();
    this.#attached = [];
    this.sessions = [];
    const [waiting] = this.localSessions;
    if (waiting) this.open(waiting.id);
    else this.openNew();
  }

  #read(frame) {
    const id = frame.session_id ?? frame.session.id;
    if (frame.type === "attached") this.#nearest(id);
    if (frame.type === "snapshot") this.#older.delete(id);
    const before = this.#states.get(id) ?? emptySession(id);
    const after = reduce(before, frame);
    if (after === before) return;
    this.#states.set(id, after);
    if (after.gap && !before.gap) this.#sendAttach(id);
    if (after.turns !== before.turns) this.#settle(id, after);
    if (after.info !== before.info && after.info) this.#listed(after.info, { quiet: true });
    if (["turn_started", "turn_done", "turn_failed"].includes(frame.type)) this.#refreshSoon();
    this.#changed();
  }

  /** Messages that the log shows are no longer the outbox's business. */
  #settle(id, state) {
    const waiting = this.#outbox.of(id).map((entry) => entry.id);
    if (!waiting.length) return;
    const seen = new Set(state.turns.flatMap((turn) => turn.messages.map((m) => m.client_msg_id)));
    if (this.#outbox.forget(waiting.filter((each) => seen.has(each)))) this.#flush();
  }

  #acked(frame) {
    const key = this.#outbox.acked(frame.client_msg_id, frame.session_id);
    if (key !== null && isLocal(key)) this.#becomeReal(key, frame);
    const state = this.#states.get(frame.session_id);
    if (state) this.#settle(frame.session_id, state);
    this.#flush();
    this.#changed();
  }

  #becomeReal(key, frame) {
    const id = frame.session_id;
    for (const about of ["ion.persona.", "ion.draft."]) this.#move(about + key, about + id);
    if (this.#storage.get(`ion.persona.${id}`)) this.#keepPersona(id);
    if (this.current === key) this.current = id;
    // the log may have begun anew since the first send, and then it lacks the beginning
    if (frame.duplicate) this.#sendAttach(id, { anew: true });
    this.#refreshSoon();
  }

  #move(from, to) {
    const kept = this.#storage.get(from);
    if (kept === null) return;
    this.#storage.remove(from);
    this.#storage.set(to, kept);
  }

  #failed({ ref, code, retryable, retry_after_ms: afterMs }) {
    if (ref && this.#outbox.entries.some((entry) => entry.id === ref)) {
      const attempts = this.#outbox.entries.find((entry) => entry.id === ref).attempts;
      const pauseMs = afterMs ?? 500 + backoffMs(attempts + 1, this.#random);
      this.#outbox.refused(ref, { retryable, code, pauseMs });
      this.#flush();
      this.#changed();
    } else if (code === "gone" || code === "not_found") {
      const place = newId("new:");
      this.#outbox.strand(ref, place);
      this.#forget(ref, this.#outbox.of(place).length ? place : null);
    }
  }

  #attach(id) {
    const known = this.#attached.includes(id);
    this.#nearest(id);
    if (!known) this.#sendAttach(id);
  }

  /** A socket reads a few conversations; the one that was open the longest ago makes room. */
  #nearest(id) {
    this.#attached = [id, ...this.#attached.filter((each) => each !== id)];
    for (const left of this.#attached.splice(MOST_ATTACHED)) {
      this.connection.send({ type: "detach", session_id: left });
    }
  }

  #sendAttach(id, { anew = false } = {}) {
    const state = anew ? undefined : this.#states.get(id);
    this.connection.send({ type: "attach", ...point(state, id) });
  }

  #flush() {
    this.#timers.clearTimeout(this.#flushTimer);
    if (this.connection.status !== "open") return;
    for (const entry of this.#outbox.ready()) {
      this.#outbox.sending(entry.id);
      const place = isLocal(entry.key) ? {} : { session_id: entry.key };
      const persona = entry.persona ? { persona: entry.persona } : {};
      const words = { client_msg_id: entry.id, text: entry.text };
      this.connection.send({ type: "send", ...words, ...place, ...persona });
    }
    this.#flushLater();
  }

  #flushLater() {
    const pauseMs = this.#outbox.nextInMs();
    const waiting = this.#outbox.entries.some((entry) => entry.status === "pending");
    if (pauseMs !== null) {
      this.#flushTimer = this.#timers.setTimeout(() => this.#flush(), pauseMs);
    } else if (waiting) {
      // an open socket that confirms nothing is no good: the next one is told again
      this.#flushTimer = this.#timers.setTimeout(() => this.connection.reset(), ACK_WITHIN_MS);
    }
  }

  async #keepPersona(id) {
    const kept = this.#storage.get(`ion.persona.${id}`);
    try {
      this.#listed(await this.#api.updateSession(id, { persona: kept.id }));
    } catch {
      return; // the choice stays here and goes with each message
    }
    if (this.#storage.get(`ion.persona.${id}`)?.id === kept.id) {
      this.#storage.remove(`ion.persona.${id}`);
    }
    this.#changed();
  }

  #listed(session, { quiet = false } = {}) {
    const state = this.#states.get(session.id);
    if (state && state.info !== session) this.#states.set(session.id, { ...state, info: session });
    const known = this.sessions.some(same(session));
    this.sessions = known
      ? this.sessions.map((each) => (each.id === session.id ? { ...each, ...session } : each))
      : [session, ...this.sessions];
    if (!quiet) this.#changed();
  }

  #refreshSoon() {
    this.#timers.clearTimeout(this.#refreshTimer);
    this.#refreshTimer = this.#timers.setTimeout(() => this.refresh(), REFRESH_AFTER_MS);
  }

  #forget(id, next = null) {
    this.#states.delete(id);
    this.#attached = this.#attached.filter((each) => each !== id);
    this.sessions = this.sessions.filter((each) => each.id !== id);
    this.connection.send({ type: "detach", session_id: id });
    if (this.current !== id) this.#changed();
    else if (next) this.open(next);
    else this.openNew();
  }
}

function point(state, id) {
  return state?.loaded && !state.awaiting
    ? { session_id: id, epoch: state.epoch, after: state.cursor }
    : { session_id: id };
}

function same(session) {
  return (each) => each.id === session.id;
}
