// One conversation: what was said and is being said, here and on every other device.

import { again } from "./backoff";
import type { IonClient } from "./client";
import { Emitter } from "./emitter";
import type * as wire from "./generated/frames";
import type { MessagePage } from "./generated/resources";
import { newId } from "./ids";
import { Log } from "./log";
import { is, nextOf, type Sending, shown } from "./queue";
import { paged } from "./rest";
import type { Frame, Message, Problem, SendOptions, SessionEvents, SessionFrame } from "./types";

/** No text has more; longer frames than a server takes would end connection after connection. */
const MOST_CHARS = 21_000;
const TYPING_AGAIN_MS = 3_000;

export class Session extends Emitter<SessionEvents> {
  #client: IonClient;
  #log = new Log();
  #queue: Sending[] = [];
  #shown: Message[] | null | undefined;
  /** The turn that is to end, said again after each reconnect. */
  #stopping: string | undefined;
  /** The answer up to which all was read, until the server says so too. */
  #read: string | null | undefined;
  #typed = 0;
  #timer: any;
  #again: any;
  #before: string | undefined;

  /**
   * `key` never changes: `client.session(key)` finds the session again, also after a restart; `id`
   * is the server's, null until it named the session.
   */
  constructor(client: IonClient, readonly key: string, public id: string | null = null) {
    super();
    this.#client = client;
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
    if (each?.error) this.#keep(Object.assign(each, { error: undefined, $tries: 0 }));
  }

  /** Give up what failed. */
  discard(client_msg_id: string): void {
    const each = this.#find(client_msg_id);
    if (each?.error) this.#forget(each);
    this.#change();
  }

  /** End the running turn, or the one that the oldest unsent message will begin. */
  stop(): void {
    const next = nextOf(this.#queue);
    if (this.#log.$open) this.#stop(this.#log.$open);
    else if (next) next.$stopping = true;
  }

  /** Say that all is read that is shown. */
  read(): void {
    if (!this.unread) return;
    this.#read = this.#log.$lastAnswer;
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
    const { messages, before } = await this.#client.rest<MessagePage>(
      "GET", paged(`/sessions/${encodeURIComponent(this.id)}/messages`, limit, this.#before));
    const known = this.messages.length;
    this.#before = before || "";
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
    const each = nextOf(this.#queue);
    if (!each || each.$underWay || $line.$state !== "open") return;
    // of what was never refused it is NaN
    const waitMs = each.$notBefore! - Date.now();
    clearTimeout(this.#timer);
    if (waitMs > 0) return void (this.#timer = setTimeout(() => this.$flush(), waitMs));
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
    return !!nextOf(this.#queue) || (this.#log.$live && this.running);
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
  $receive(frame: SessionFrame): void {
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
  $refused(error: Frame<"error">): boolean {
    const each = this.#find(error.ref!);
    if (!each && error.ref !== this.id) return false;
    const tries = (each?.$tries ?? 0) + 1;
    const pauseMs = again(error, tries);
    if (!each) {
      // whatever is said meanwhile is refused, too
      if (pauseMs) this.#again ||= setTimeout(() => {
        this.#again = 0;
        this.#say({ type: "attach", ...this.$point() });
      }, pauseMs);
      this.$emit("error", error as Problem);
    } else if (pauseMs) {
      each.$underWay = false;
      each.$tries = tries;
      each.$notBefore = Date.now() + pauseMs;
      this.$flush();
    } else this.#fail(each, error.code, error.message);
    return true;
  }

  #add(frame: Sending["frame"]): string {
    const each = { key: this.key, at: this.#client.$queue.$stamp(), frame };
    this.#queue.push(each);
    this.#keep(each);
    return frame.client_msg_id;
  }

  #keep(each: Sending): void {
    this.#client.$queue.$keep(each);
    this.#change();
    this.$flush();
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
    Object.assign(each, { error: undefined, $turn: turn, $id: message });
    if (each.$stopping) this.#stop(turn);
  }

  #fail(each: Sending, code: string, message?: string): void {
    each.error = code;
    each.$underWay = false;
    this.$emit("error", { code, message, ref: each.frame.client_msg_id });
    this.#keep(each);
    // a second answer that can't be had leaves nothing to show
    if (each.frame.type !== "send") this.#forget(each);
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

  #tellRead(): void {
    if (!this.#read) return;
    if (this.#read === this.#log.$lastAnswer) this.#log.$unread = 0;
    this.#say({ type: "read", message_id: this.#read });
  }

  /** Say something about this session, if there is a connection to take it. */
  #say(frame: object): void {
    if (this.id) this.#client.$line.$send({ session_id: this.id, ...frame } as wire.ClientFrame);
  }

  #change(): void {
    this.#shown = null;
    this.$emit("change", undefined);
    this.#client.$told(this);
  }
}
