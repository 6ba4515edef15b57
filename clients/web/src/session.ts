// One conversation: what was said and is being said, here and on every other device.

import { Emitter } from "./emitter";
import type * as wire from "./generated/frames";
import { newId } from "./ids";
import { Log } from "./log";
import type { Entry } from "./queue";
import type { Frame, LogFrame, Message, SendOptions, SessionEvents } from "./types";

const ACK_WITHIN_MS = 20_000;
const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 120_000;
const MOST_TRIES = 6;
const TYPING_AGAIN_MS = 3_000;

/** What a session needs of the client it belongs to. */
export interface Host {
  readonly limits: wire.Limits;
  readonly isOpen: boolean;
  say(frame: wire.ClientFrame): boolean;
  probe(): void;
  reset(): void;
  rest<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Read a session, also when others must make room; `asked`: the server does so by itself. */
  attach(session: Session, asked?: boolean): void;
  detach(session: Session): void;
  changed(session: Session): void;
  stamp(): number;
  keep(entry: Entry): void;
  drop(id: string): void;
  name(key: string, id: string): void;
  now(): number;
  random(): number;
  setTimeout(act: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

interface Sending {
  entry: Entry;
  turn: string | null;
  id: string | null;
  underWay: boolean;
  stopping: boolean;
  tries: number;
  notBefore: number;
}

export class Session extends Emitter<SessionEvents> {
  /** The server's id, null until it named the session. */
  id: string | null;
  /** Never changes; `client.session(key)` finds the session again, also after a restart. */
  readonly key: string;
  /** @internal Not read any more, only told what was said before. */
  closed = false;
  #host: Host;
  #log = new Log();
  #queue: Sending[] = [];
  #shown: Message[] | null = null;
  #stopping = new Set<string>();
  #seen: string | null = null;
  #told: string | null = null;
  #typed = 0;
  #timer: unknown;
  #before: string | undefined;

  /** @internal */
  constructor(host: Host, key: string, id: string | null) {
    super();
    this.#host = host;
    this.key = key;
    this.id = id;
  }

  /** What is shown, in order; the same array until something changes. */
  get messages(): readonly Message[] {
    return (this.#shown ??= [...this.#log.transcript.messages, ...this.#queue.flatMap(shown)]);
  }

  /** How many answers were not read yet, on any device. */
  get unread(): number {
    const { unread } = this.#log;
    return unread && this.#seen && this.#seen === this.#lastAnswer() ? 0 : unread;
  }

  /** Title, persona and the like, as last heard. */
  get info(): wire.Session | null {
    return this.#log.info;
  }

  /** Whether a turn is being answered, or waits for it. */
  get running(): boolean {
    return !!this.#log.transcript.open;
  }

  /** Say something, now or as soon as there is a connection; returns its client_msg_id. */
  send(text: string, { persona, policy }: SendOptions = {}): string {
    this.#typed = 0;
    return this.#add({ kind: "send", text, persona, policy });
  }

  /** Have a turn answered again, or the last; returns a client_msg_id, null when there is none. */
  regenerate(turn_id?: string, { persona }: SendOptions = {}): string | null {
    const about = turn_id ?? this.#log.transcript.last;
    const same = this.#queue.find(({ entry }) => about && entry.about === about);
    if (same || !about) return same?.entry.id ?? null;
    return this.#add({ kind: "regenerate", text: "", about, persona });
  }

  /** Try again what failed, with the same id: it can't count twice. */
  retry(client_msg_id: string): void {
    const each = this.#find(client_msg_id);
    if (!each?.entry.error) return;
    each.entry = { ...each.entry, error: undefined };
    each.tries = 0;
    this.#host.keep(each.entry);
    this.#change();
    this.flush();
  }

  /** Give up what failed. */
  discard(client_msg_id: string): void {
    const each = this.#find(client_msg_id);
    if (!each?.entry.error) return;
    this.#host.drop(client_msg_id);
    this.#remove(each);
    this.#change();
  }

  /** End the running turn, or the one that the oldest unsent message will begin. */
  stop(): void {
    const turn = this.#log.transcript.open ?? this.#queue.find((each) => each.turn)?.turn;
    const head = this.#next();
    if (turn) this.#stop(turn);
    else if (head) head.stopping = true;
  }

  /** Say that all is read that is shown. */
  read(): void {
    this.#seen = this.#lastAnswer();
    this.#tellRead();
    this.#change();
  }

  /** Say that the user writes (as often as a key is pressed), or has stopped. */
  typing(active: boolean): void {
    const now = this.#host.now();
    const due = active ? now - this.#typed >= TYPING_AGAIN_MS : this.#typed;
    if (!this.id || !due) return;
    if (this.#host.say({ type: "typing", session_id: this.id, active })) this.#typed = active ? now : 0;
  }

  /** Fetch older messages; returns whether there may be more. Raises IonError. */
  async older(limit = 50): Promise<boolean> {
    if (!this.id || this.#before === "") return false;
    const { transcript } = this.#log;
    // a snapshot does not say where it begins, so the first page overlaps it
    const from = this.#before ? `&before=${encodeURIComponent(this.#before)}` : "";
    const path = `/sessions/${encodeURIComponent(this.id)}/messages?limit=${limit}${from}`;
    const page = await this.#host.rest<{ messages: wire.Message[]; before?: string }>("GET", path);
    if (transcript !== this.#log.transcript) return true;
    this.#before = page.before ?? "";
    const known = this.messages.length;
    transcript.older(page.messages);
    this.#change();
    return this.messages.length > known ? this.#before !== "" : this.older(limit);
  }

  /** Read no more; what was said is still sent, and running turns go on. */
  close(): void {
    this.closed = true;
    this.#host.detach(this);
  }

  /** @internal Send what may be sent now. */
  flush(): void {
    const each = this.#next();
    if (!each || each.underWay || !this.#host.isOpen) return;
    const waitMs = each.notBefore - this.#host.now();
    if (waitMs > 0) return this.#later(waitMs, () => this.flush());
    if ([...each.entry.text].length > this.#host.limits.text_chars) {
      return this.#fail(each, "text_too_long");
    }
    if (this.id && !this.closed) this.#host.attach(this);
    each.underWay = this.#host.say(this.#frame(each.entry));
    this.#host.probe();
    // an open socket that confirms nothing is no good: the next one is told again
    this.#later(ACK_WITHIN_MS, () => this.#host.reset());
  }

  /** @internal Take up what an earlier run of the program, or another tab, has kept. */
  restore(entries: Entry[]): void {
    this.#queue.unshift(...entries.map(sending));
    this.#change();
  }

  /** @internal Whether nothing waits to be sent. */
  get empty(): boolean {
    return this.#queue.every(({ turn }) => turn);
  }

  /** @internal The connection is gone; what was not acked will be said again. */
  disconnected(): void {
    this.#log.detach();
    this.#told = null;
    this.#host.clearTimeout(this.#timer);
    for (const each of this.#queue) each.underWay = false;
  }

  /** @internal Nothing comes any more until it is attached again. */
  detached(): void {
    this.#log.detach();
  }

  /** @internal Where to read on. */
  point(): wire.AttachPoint {
    return this.#log.point(this.id!);
  }

  /** @internal The server told what this session is called. */
  named(id: string): void {
    if (this.id) return;
    this.id = id;
    this.#host.name(this.key, id);
    this.#change();
  }

  /** @internal Take in a frame of the session. */
  receive(frame: Frame<"attached"> | Frame<"snapshot"> | LogFrame): void {
    if (frame.type === "attached") {
      if (!this.#log.attached(frame)) this.#anew();
      else if (frame.recovered) this.#resumed();
    } else if (frame.type === "snapshot") {
      this.#log.refresh(frame);
      this.#before = undefined;
      this.#recognise();
      this.#resumed();
      this.emit("snapshot", frame);
    } else if (!this.#apply(frame)) {
      return;
    }
    this.#change();
    this.#tellRead();
    this.flush();
  }

  /** @internal The server has a message; false when it is none of this session. */
  acked(frame: Frame<"ack">): boolean {
    const each = this.#find(frame.client_msg_id);
    if (!each) return false;
    if (!this.id) {
      this.named(frame.session_id);
      if (!this.closed) this.#host.attach(this, true);
    }
    this.#accept(each, frame.turn_id, frame.message_id);
    this.emit("ack", frame);
    this.#change();
    this.flush();
    return true;
  }

  /** @internal The server refused a message, or the session; false when it is none of this one. */
  refused({ code, message, retryable, retry_after_ms: afterMs, ref }: Frame<"error">): boolean {
    const each = this.#find(ref ?? "");
    const tries = each?.tries ?? 1;
    const pauseMs = afterMs ?? LEAST_PAUSE_MS * 2 ** tries * (1 + this.#host.random());
    if (!each) {
      if (!ref || ref !== this.id) return false;
      if (retryable) this.#host.setTimeout(() => this.#again(), pauseMs);
      this.emit("error", { code, message, ref });
      return true;
    }
    each.underWay = false;
    each.tries += 1;
    // who would wait for hours should know, and choose the moment
    if (!retryable || code === "turn_running" || pauseMs > MOST_PAUSE_MS || each.tries >= MOST_TRIES) {
      this.#fail(each, code, message);
      return true;
    }
    each.notBefore = this.#host.now() + pauseMs;
    this.flush();
    return true;
  }

  #add(words: Omit<Entry, "id" | "key" | "at">): string {
    const entry: Entry = { id: newId("c_"), key: this.key, at: this.#host.stamp(), ...words };
    this.#queue.push(sending(entry));
    this.#host.keep(entry);
    this.#change();
    this.flush();
    return entry.id;
  }

  #frame({ kind, id: client_msg_id, text, about, persona, policy }: Entry): wire.ClientFrame {
    const session_id = this.id!;
    if (kind === "send") {
      // what is undefined or null is left out
      const place = this.id ? { session_id } : {};
      return { type: kind, client_msg_id, text, ...place, persona: persona!, policy: policy! };
    }
    return { type: kind, client_msg_id, session_id, turn_id: about!, persona: persona! };
  }

  #next(): Sending | undefined {
    return this.#queue.find(({ turn, entry }) => !turn && !entry.error);
  }

  #find(client_msg_id: string): Sending | undefined {
    return this.#queue.find(({ entry }) => entry.id === client_msg_id);
  }

  #remove(each: Sending): void {
    this.#queue = this.#queue.filter((other) => other !== each);
  }

  #accept(each: Sending, turn: string, id: string | null = null): void {
    this.#host.clearTimeout(this.#timer);
    this.#host.drop(each.entry.id);
    each.entry = { ...each.entry, error: undefined };
    each.turn = turn;
    each.id = id;
    const known = this.#log.transcript.messages.some((other) => other.key === each.entry.id);
    if (known || each.entry.kind !== "send") this.#remove(each);
    if (each.stopping) this.#stop(turn);
  }

  #fail(each: Sending, error: string, message?: string): void {
    this.#host.clearTimeout(this.#timer);
    const { id, kind } = each.entry;
    each.entry = { ...each.entry, error };
    if (kind === "send") {
      this.#host.keep(each.entry);
    } else {
      this.#host.drop(id);
      this.#remove(each);
    }
    this.emit("error", { code: error, message, ref: id });
    this.#change();
    this.flush();
  }

  #apply(frame: LogFrame): boolean {
    const { torn } = this.#log.transcript;
    const next = this.#log.apply(frame);
    if (next === null) this.#again();
    if (!next) return false;
    if (this.#log.transcript.torn && !torn) this.#anew();
    if (frame.type === "message") {
      const each = this.#find(frame.message.client_msg_id ?? "");
      if (each) this.#show(each, frame.message);
    } else if (frame.type === "turn_done" || frame.type === "turn_failed") {
      this.#stopping.delete(frame.turn_id);
    }
    this.#shown = null;
    this.emit(frame.type, frame as any);
    return true;
  }

  /** The log shows a message: then the server has it, also when its ack was lost. */
  #show(each: Sending, { id, turn_id }: { id: string | null; turn_id?: string | null }): void {
    if (!each.turn) this.#accept(each, turn_id ?? id ?? "", id);
    this.#remove(each);
  }

  #recognise(): void {
    const messages = new Map(this.#log.transcript.messages.map((each) => [each.key, each]));
    for (const each of this.#queue) {
      const known = messages.get(each.entry.id);
      if (known) this.#show(each, known);
      else if (each.turn) this.#remove(each);
    }
  }

  /** Something is missing: read on from the cursor. */
  #again(): void {
    this.#host.say({ type: "attach", ...this.point() });
  }

  /** Only a snapshot helps. */
  #anew(): void {
    this.#host.say({ type: "attach", session_id: this.id! });
  }

  #resumed(): void {
    for (const turn of this.#stopping) {
      if (this.#log.transcript.ended(turn)) this.#stopping.delete(turn);
      else this.#stop(turn);
    }
  }

  #stop(turn_id: string): void {
    this.#stopping.add(turn_id);
    // before reading goes on the turn may have ended; it is said when it does
    if (this.#log.live) this.#host.say({ type: "stop", session_id: this.id!, turn_id });
  }

  #lastAnswer(): string | null {
    const all = this.#log.transcript.messages;
    for (let at = all.length - 1; at >= 0; at -= 1) {
      const { role, id, status } = all[at]!;
      if (role === "assistant" && id && status !== "streaming") return id;
    }
    return null;
  }

  #tellRead(): void {
    const seen = this.#seen;
    if (!this.id || !seen || !this.#log.unread || seen === this.#told) return;
    if (seen !== this.#lastAnswer()) return;
    if (this.#host.say({ type: "read", session_id: this.id, message_id: seen })) this.#told = seen;
  }

  #later(ms: number, act: () => void): void {
    this.#host.clearTimeout(this.#timer);
    this.#timer = this.#host.setTimeout(act, ms);
  }

  #change(): void {
    this.#shown = null;
    this.emit("change", undefined);
    this.#host.changed(this);
  }
}

function sending(entry: Entry): Sending {
  return { entry, turn: null, id: null, underWay: false, stopping: false, tries: 0, notBefore: 0 };
}

function shown({ entry, turn, id }: Sending): Message[] {
  const { id: key, kind, text, at, persona, error } = entry;
  if (kind !== "send") return [];
  return [{
    key, id, role: "user", text, status: error ? "failed" : turn ? "sent" : "queued", turn_id: turn,
    client_msg_id: key, created_at: new Date(at).toISOString(),
    ...(persona ? { persona } : {}), ...(error ? { error } : {}),
  }];
}
