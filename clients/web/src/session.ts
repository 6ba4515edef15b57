// One conversation: what was said and is being said, here and on every other device.

import type { IonClient } from "./client";
import type { MessagePage } from "./generated/resources";
import { paged } from "./rest";
import { Emitter } from "./emitter";
import type * as wire from "./generated/frames";
import { newId } from "./ids";
import { Log } from "./log";
import type { Sending } from "./queue";
import type { Frame, LogFrame, Message, SendOptions, SessionEvents } from "./types";

const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 120_000;
/** No text has more; longer frames than a server takes would end connection after connection. */
const MOST_CHARS = 21_000;
const TYPING_AGAIN_MS = 3_000;

export class Session extends Emitter<SessionEvents> {
  /** The server's id, null until it named the session. */
  id: string | null;
  /** Never changes; `client.session(key)` finds the session again, also after a restart. */
  readonly key: string;
  #client: IonClient;
  #log = new Log();
  #queue: Sending[] = [];
  #shown: Message[] | null = null;
  /** The turn that is to end, said again after each reconnect. */
  #stopping = "";
  /** The answer up to which all was read, until the server says so too. */
  #read: string | null | undefined;
  #typed = 0;
  #timer: any;
  #before: string | undefined;

  /** */
  constructor(client: IonClient, key: string, id: string | null = null) {
    super();
    this.#client = client;
    this.key = key;
    this.id = id;
  }

  /** What is shown, in order; the same array until something changes. */
  get messages(): readonly Message[] {
    return (this.#shown ??= [...this.#log.$messages, ...this.#queue.flatMap(shown)]);
  }

  /** How many answers were not read yet, on any device. */
  get unread(): number {
    return this.#log.$unread;
  }

  /** Title, persona and the like, as last heard. */
  get info(): wire.Session | null {
    return this.#log.$info;
  }

  /** Whether a turn is being answered, or waits for it. */
  get running(): boolean {
    return !!this.#log.$open;
  }

  /** Say something, now or as soon as there is a connection; returns its client_msg_id. */
  send(text: string, { persona, policy }: SendOptions = {}): string {
    this.#typed = 0;
    return this.#add({ type: "send", client_msg_id: newId("c_"), text, persona, policy });
  }

  /** Have a turn answered again, or the last; returns a client_msg_id, null when there is none. */
  regenerate(turn_id = this.#log.$last, { persona }: SendOptions = {}): string | null {
    return turn_id ? this.#add({ type: "regenerate", client_msg_id: newId("c_"), turn_id, persona }) : null;
  }

  /** Try again what failed, with the same id: it can't count twice. */
  retry(client_msg_id: string): void {
    const each = this.#find(client_msg_id);
    if (!each?.error) return;
    each.error = undefined;
    each.$tries = 0;
    this.#keep(each);
  }

  /** Give up what failed. */
  discard(client_msg_id: string): void {
    const each = this.#find(client_msg_id);
    if (each?.error) this.#forget(each);
    this.#change();
  }

  /** End the running turn, or the one that the oldest unsent message will begin. */
  stop(): void {
    const turn = this.#log.$open;
    const next = this.#next();
    if (turn) this.#stop(turn);
    else if (next) next.$stopping = true;
  }

  /** Say that all is read that is shown. */
  read(): void {
    if (!this.unread) return;
    this.#read = this.#lastAnswer();
    this.#tellRead();
    this.#change();
  }

  /** Say that the user writes (as often as a key is pressed), or has stopped. */
  typing(active: boolean): void {
    const now = Date.now();
    if (active ? now - this.#typed < TYPING_AGAIN_MS : !this.#typed) return;
    this.#typed = active ? now : 0;
    this.#say({ type: "typing", active });
  }

  /** Fetch older messages; returns whether there may be more. Raises IonError. */
  async older(limit = 50): Promise<boolean> {
    if (!this.id || this.#before === "") return false;
    // a snapshot does not say where it begins, so the first page overlaps it
    const { messages, before = "" } = await this.#client.rest<MessagePage>(
      "GET", paged(`/sessions/${encodeURIComponent(this.id)}/messages`, limit, this.#before));
    const known = this.messages.length;
    this.#before = before ?? "";
    this.#log.$older(messages);
    this.#change();
    return this.messages.length > known ? !!before : this.older(limit);
  }

  /** Read no more, until something is said here again; running turns go on. */
  close(): void {
    this.#client.$detach(this);
  }

  /** Send what may be sent now. */
  $flush(): void {
    const { $line } = this.#client;
    const each = this.#next();
    if (!each || each.$underWay || $line.$state !== "open") return;
    const waitMs = (each.$notBefore ?? 0) - Date.now();
    clearTimeout(this.#timer);
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.$flush(), waitMs);
      return;
    }
    if (JSON.stringify(each.frame).length > MOST_CHARS) return this.#fail(each, "text_too_long");
    if (this.id) this.#client.$attach(this);
    each.$underWay = $line.$send({ ...each.frame, session_id: this.id ?? undefined } as wire.ClientFrame);
    $line.$probe();
  }

  /** Take up what an earlier run of the program, or another tab, has kept. */
  $restore(each: Sending): void {
    // what was kept is older than what was said since
    this.#queue.unshift(each);
    this.#change();
  }

  /** Whether somebody waits for an answer here. */
  get $busy(): boolean {
    return !!this.#next() || (this.#log.$live && this.running);
  }

  /** Nothing comes any more until it is attached again. */
  $detached(): void {
    this.#log.$live = false;
  }

  /** The connection is gone; what was not acked will be said again. */
  $disconnected(): void {
    this.$detached();
    for (const each of this.#queue) each.$underWay = false;
  }

  /** Where to read on. */
  $point(): wire.AttachPoint {
    return this.#log.$point(this.id!);
  }

  /** Take in a frame of the session. */
  $receive(frame: Frame<"attached"> | Frame<"snapshot"> | LogFrame): void {
    const { $torn: torn } = this.#log;
    if (frame.type === "attached") {
      if (!this.#log.$attached(frame)) this.#say({ type: "attach" });
      else if (frame.recovered) this.#resumed();
    } else if (frame.type === "snapshot") {
      this.#log.$refresh(frame);
      this.#before = undefined;
      this.#settle(true);
      this.#resumed();
    } else {
      const next = this.#log.$apply(frame);
      // something is missing: read on from the cursor, or from a snapshot
      if (next === null || (this.#log.$torn && !torn)) this.#say({ type: "attach", ...this.$point() });
      if (!next) return;
      if (frame.type === "message") this.#settle();
      if (frame.type === "read") this.#read = null;
    }
    this.#shown = null;
    this.$emit(frame.type, frame as any);
    this.#change();
    this.$flush();
  }

  /** The server has a message; false when it is none of this session. */
  $acked(frame: Frame<"ack">): boolean {
    const each = this.#find(frame.client_msg_id);
    if (!each) return false;
    if (!this.id) {
      this.id = frame.session_id;
      this.#client.$queue.$name(this.key, this.id);
      this.#client.$attach(this, true);
    }
    this.#accept(each, frame.turn_id, frame.message_id);
    if (each.frame.type !== "send") this.#forget(each);
    this.#settle();
    this.$emit("ack", frame);
    this.#change();
    this.$flush();
    return true;
  }

  /** The server refused a message, or the session; false when it is none of this one. */
  $refused({ code, message, retryable, retry_after_ms: afterMs, ref }: Frame<"error">): boolean {
    const each = this.#find(ref!);
    if (!each && ref !== this.id) return false;
    const tries = (each?.$tries ?? 0) + 1;
    const pauseMs = afterMs ?? LEAST_PAUSE_MS * 2 ** tries * (1 + Math.random());
    // who would wait for hours should know, and choose the moment
    const again = retryable && code !== "turn_running" && pauseMs <= MOST_PAUSE_MS;
    if (!each) {
      if (again) setTimeout(() => this.#say({ type: "attach", ...this.$point() }), pauseMs);
      this.$emit("error", { code, message, ref: ref! });
    } else if (again) {
      each.$underWay = false;
      each.$tries = tries;
      each.$notBefore = Date.now() + pauseMs;
      this.$flush();
    } else this.#fail(each, code, message);
    return true;
  }

  #add(frame: Sending["frame"]): string {
    const { $queue: queue } = this.#client;
    const each = { key: this.key, at: queue.$stamp(), frame };
    this.#queue.push(each);
    this.#keep(each);
    return frame.client_msg_id;
  }

  #keep(each: Sending): void {
    this.#client.$queue.$keep(each);
    this.#change();
    this.$flush();
  }

  #next(): Sending | undefined {
    return this.#queue.find(({ $turn, error }) => !$turn && !error);
  }

  #find(client_msg_id: string): Sending | undefined {
    return this.#queue.find(({ frame }) => frame.client_msg_id === client_msg_id);
  }

  #forget(each: Sending): void {
    this.#client.$queue.$drop(each);
    this.#queue = this.#queue.filter((other) => other !== each);
  }

  #accept(each: Sending, turn: string, message: string | null): void {
    this.#client.$queue.$drop(each);
    each.error = undefined;
    each.$turn = turn;
    each.$id = message;
    if (each.$stopping) this.#stop(turn);
  }

  #fail(each: Sending, code: string, message?: string): void {
    each.error = code;
    each.$underWay = false;
    this.#client.$queue.$keep(each);
    // a second answer that can't be had leaves nothing to show
    if (each.frame.type !== "send") this.#forget(each);
    this.$emit("error", { code, message, ref: each.frame.client_msg_id });
    this.#change();
    this.$flush();
  }

  /** What the log shows the server has, also when its ack was lost. */
  #settle(whole = false): void {
    const messages = this.#log.$messages;
    for (const each of this.#queue) {
      const known = messages.find(is(each));
      if (known && !each.$turn) this.#accept(each, known.turn_id!, known.id);
      if (known || (whole && each.$turn)) this.#forget(each);
    }
  }

  #resumed(): void {
    if (this.#stopping && !this.#log.$ended(this.#stopping)) this.#stop(this.#stopping);
    this.#tellRead();
  }

  #stop(turn_id: string): void {
    this.#stopping = turn_id;
    // before reading goes on the turn may have ended; it is said when it does
    if (this.#log.$live) this.#say({ type: "stop", turn_id });
  }

  #lastAnswer(): string | null | undefined {
    return this.#log.$messages.findLast(({ role, id, status }) => role === "assistant" && id && status !== "streaming")?.id;
  }

  #tellRead(): void {
    if (!this.#read) return;
    if (this.#read === this.#lastAnswer()) this.#log.$unread = 0;
    this.#say({ type: "read", message_id: this.#read });
  }

  /** Say something about this session; false when there is no connection to take it. */
  #say(frame: object): boolean {
    return !!this.id && this.#client.$line.$send({ session_id: this.id, ...frame } as wire.ClientFrame);
  }

  #change(): void {
    this.#shown = null;
    this.$emit("change", undefined);
    this.#client.$told(this);
  }
}

function is({ frame }: Sending) {
  return (message: Message) => message.client_msg_id === frame.client_msg_id;
}

function shown({ frame, $turn: turn_id = null, $id: id = null, at, error }: Sending): Message[] {
  if (frame.type !== "send") return [];
  const status = error ? "failed" : turn_id ? "sent" : "queued";
  const created_at = new Date(at).toISOString();
  return [{ ...frame, key: frame.client_msg_id, id, role: "user", status, turn_id, created_at, error } as Message];
}
