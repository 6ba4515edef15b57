// The conversations of one person: joins connection, outbox and reducer. Knows no DOM.

import { Attachments } from "./attachments.js";
import { Choice } from "./choice.js";
import { Delivery } from "./delivery.js";
import { History } from "./history.js";
import { newId } from "./ids.js";
import { Logs } from "./logs.js";
import { Marks } from "./marks.js";
import { isLocal } from "./outbox.js";
import { runningTurn } from "./reducer.js";
import { Shelf } from "./shelf.js";
import { move } from "./storage.js";
import { excerpt } from "./text.js";
import { Typing } from "./typing.js";

export class Chat {
  connection = null;
  current = "";
  marks;
  shelf;
  #outbox;
  #api;
  #storage;
  #changed;
  #attachments;
  #became = new Map();
  #choice;
  #delivery;
  #history;
  #logs;
  #typing;

  /** `changed()` is called after anything changed; `timers` is { setTimeout, clearTimeout }. */
  constructor({ outbox, api, storage, changed, timers, now, random = Math.random }) {
    this.#outbox = outbox;
    this.#api = api;
    this.#storage = storage;
    this.#changed = () => {
      this.#logs.tellRead();
      changed();
    };
    const states = new Map();
    const line = {
      send: (frame) => this.connection.send(frame),
      isOpen: () => this.connection.status === "open",
      reset: () => this.connection.reset(),
    };
    this.shelf = new Shelf({ api, timers, changed: this.#changed });
    this.marks = new Marks({ line });
    this.#attachments = new Attachments({ line, states, timers });
    this.#choice = new Choice({ api, storage });
    this.#delivery = new Delivery({ line, outbox, timers, random });
    this.#history = new History({ api, states, changed: this.#changed });
    this.#typing = new Typing({ line, now });
    this.#logs = new Logs({
      states, attachments: this.#attachments, delivery: this.#delivery, history: this.#history,
      marks: this.marks, shelf: this.shelf,
    });
  }

  // what is seen

  /** The open conversation. */
  get state() {
    return this.#logs.of(this.current);
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
    return this.#history.has(this.state);
  }

  /** Who should answer next: a persona's id, or null for whoever fits. */
  get persona() {
    return this.#choice.of(this.current, this.state.info);
  }

  /** Return how many answers of a conversation were not read. */
  unread(session) {
    const unread = session.unread ?? 0;
    // of what is not read any more, only the list knows what came since
    return this.#attachments.has(session.id)
      ? this.marks.unread(this.#logs.of(session.id), unread) : unread;
  }

  // what the person does

  /** Open a conversation by its id or local key. */
  open(key) {
    this.current = key;
    if (!isLocal(key)) this.#attachments.attach(key);
    this.#changed();
  }

  /** Open a new conversation; the server hears of it with the first message. */
  openNew() {
    const kept = this.#storage.get("ion.new");
    const key = kept && !this.#outbox.of(kept).length ? kept : newId("new:");
    this.#storage.set("ion.new", key);
    this.open(key);
  }

  /** Open a new conversation of which nothing is remembered; raises ApiError. */
  async openPrivate() {
    const session = await this.#api.createPrivate();
    // an older server takes no notice of the wish, and this must not look as if it had
    if (!session.private) {
      await this.#api.deleteSession(session.id);
      throw new Error("private conversations are not known here");
    }
    this.#logs.put(session);
    this.open(session.id);
  }

  /** Whether nothing of the open conversation is remembered. */
  get isPrivate() {
    const info = this.state.info ?? this.shelf.sessions.find((each) => each.id === this.current);
    return Boolean(info?.private);
  }

  /** The id of a conversation now: one that was new has another since it is kept. */
  placeOf(key) {
    return this.#became.get(key) ?? key;
  }

  /** Say something in the open conversation. */
  say(text) {
    this.#typing.over();
    this.#queue({ text: text.trim(), persona: this.persona });
  }

  /** Have a turn answered again. */
  again(turnId) {
    const waits = this.unconfirmed.some((entry) => entry.about === turnId);
    if (!waits) this.#queue({ kind: "regenerate", about: turnId, text: "", persona: this.persona });
  }

  /** Put other words in the place of a message and go on from there; returns the new one's id. */
  edit(messageId, text) {
    return this.#queue({ kind: "edit", about: messageId, text: text.trim() });
  }

  /** Delete a message of the open conversation with its answer; raises ApiError. */
  async deleteMessage(messageId) {
    await this.#api.deleteMessage(this.current, messageId);
  }

  /** The text that waits to be sent has changed. */
  typing(text) {
    if (!isLocal(this.current)) this.#typing.edited(this.current, text);
  }

  /** Try a message again that could not be sent. */
  retry(id) {
    this.#outbox.retry(id);
    this.#changed();
    this.#delivery.flush();
  }

  /** Give up a message that could not be sent, and return it. */
  discard(id) {
    const entry = this.#outbox.entries.find((each) => each.id === id);
    this.#outbox.forget([id]);
    this.#changed();
    this.#delivery.flush();
    return entry ?? null;
  }

  /** Ask again what could not be answered: in its place, or below what was said since. */
  askAgain(turnId) {
    const turn = this.state.turns.find((each) => each.id === turnId);
    if (turn && turn === this.state.turns.at(-1)) this.again(turnId);
    else if (turn) this.say(turn.messages.map((message) => message.text).join("\n\n"));
  }

  /** Stop the running answer. */
  stop() {
    const turn = runningTurn(this.state);
    if (turn) this.connection.send({ type: "stop", session_id: this.current, turn_id: turn.id });
  }

  /** Show the branch that runs through a turn; raises ApiError. */
  async branch(turnId) {
    await this.#api.updateSession(this.current, { branch: turnId });
  }

  /** An answer of the open conversation was seen to its end. */
  saw(messageId) {
    if (this.marks.see(this.state, messageId)) this.#changed();
  }

  /** Rate an answer of the open conversation: -1, 1, or 0 to take it back. */
  rate(turnId, rating) {
    this.marks.rate(this.current, turnId, rating);
    this.#changed();
  }

  /** Choose who answers from now on; null gives the choice back. */
  async choose(persona) {
    const key = this.current;
    this.#choice.make(key, persona);
    this.#changed();
    if (!isLocal(key)) await this.#keepChoice(key);
  }

  /** Rename a conversation; raises ApiError. */
  async rename(id, title) {
    this.#logs.put(await this.#api.updateSession(id, { title }));
    this.#changed();
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

  /** Fetch messages from before what is shown. */
  async loadOlder() {
    await this.#history.load(this.current);
  }

  // what the connection says

  /** What `hello` asks for: to read on where each conversation was left. */
  attachPoints() {
    return this.#attachments.points();
  }

  /** The connection is open, or was lost. */
  connected(open) {
    this.#outbox.lostTouch();
    if (open) {
      this.#attachments.connected();
      this.#delivery.flush();
      this.marks.connected();
      this.shelf.refreshSoon();
    }
    this.#changed();
  }

  /** A frame came. */
  received(frame) {
    if (frame.type === "ack") this.#acked(frame);
    else if (frame.type === "error") this.#failed(frame);
    else if (this.#logs.read(frame)) this.#changed();
  }

  /** Somebody else is logged in now: what was not sent yet goes to conversations of theirs. */
  newUser() {
    for (const key of new Set(this.#outbox.entries.map((entry) => entry.key))) {
      if (!isLocal(key)) this.#outbox.rename(key, newId("new:"));
    }
    for (const known of [this.#logs, this.#attachments, this.shelf, this.marks]) known.clear();
    const [waiting] = this.localSessions;
    if (waiting) this.open(waiting.id);
    else this.openNew();
  }

  #queue(words) {
    const id = newId();
    this.#outbox.add({ id, key: this.current, ...words });
    this.#changed();
    this.#delivery.flush();
    return id;
  }

  #acked(frame) {
    const key = this.#delivery.acked(frame);
    if (key !== null && isLocal(key)) this.#becomeReal(key, frame);
    this.#delivery.settle(this.#logs.of(frame.session_id));
    this.#delivery.flush();
    this.#changed();
  }

  #becomeReal(key, frame) {
    const id = frame.session_id;
    this.#became.set(key, id);
    if (this.#storage.get("ion.new") === key) this.#storage.remove("ion.new");
    for (const about of ["ion.persona.", "ion.draft."]) move(this.#storage, about + key, about + id);
    if (this.#choice.waits(id)) this.#keepChoice(id);
    if (this.current === key) this.current = id;
    // the log may have begun anew since the first send, and then it lacks the beginning
    if (frame.duplicate) this.#attachments.ask(id, { anew: true });
    this.shelf.refreshSoon();
  }

  #failed(frame) {
    if (this.#delivery.refused(frame)) {
      this.#changed();
    } else if (this.#attachments.waits(frame.ref) && frame.retryable) {
      this.#attachments.askLater(frame.ref, frame.retry_after_ms);
    } else if (frame.code === "gone" || (frame.code === "not_found" && this.#attachments.waits(frame.ref))) {
      const place = newId("new:");
      this.#outbox.strand(frame.ref, place);
      this.#forget(frame.ref, this.#outbox.of(place).length ? place : null);
    }
  }

  async #keepChoice(id) {
    const session = await this.#choice.keep(id);
    if (session) this.#logs.put(session);
    this.#changed();
  }

  #forget(id, next = null) {
    this.#logs.drop(id);
    this.#attachments.detach(id);
    this.shelf.drop(id);
    if (this.current !== id) this.#changed();
    else if (next) this.open(next);
    else this.openNew();
  }
}
