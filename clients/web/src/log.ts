// A session as its log tells it: frames in, what is shown out. No clock, no network.

import type * as wire from "./generated/frames";
import type { Frame, LogFrame, Message, Status } from "./types";


type Facts = { [Name in keyof Message]?: Message[Name] | null | undefined };
type TurnFrame = Extract<LogFrame, { turn_id: string }>;

interface Turn {
  id: string;
  $asked: Message[];
  $answer: Message | null;
  /** What is known of the answer, also before it has a word. */
  $facts: Facts;
  $open: "waiting" | "running" | "";
}

export class Log {
  $info: wire.Session | null = null;
  $unread = 0;
  /** Whether frames that follow the cursor are on their way. */
  $live = false;
  /** Whether only a snapshot can tell what is shown. */
  $torn = false;
  #epoch: string | null = null;
  #cursor = 0;
  #turns: Turn[] = [];
  /** Turns that left the view: what comes of them changes nothing. */
  #gone = new Set<string>();

  get $messages(): Message[] {
    return this.#turns.flatMap(({ $asked, $answer }) => ($answer ? [...$asked, $answer] : $asked));
  }

  /** The turn that is being answered, or the first that waits for it. */
  get $open(): string | undefined {
    const running = this.#turns.find((each) => each.$open === "running");
    return (running ?? this.#turns.find((each) => each.$open))?.id;
  }

  /** The last turn that is shown. */
  get $last(): string | undefined {
    return this.#turns.at(-1)?.id;
  }

  /** The id of the last answer that is whole. */
  get $lastAnswer(): string | null | undefined {
    const whole = ({ role, id, status }: Message) => role === "assistant" && id && status !== "streaming";
    return this.$messages.findLast(whole)?.id;
  }

  /** Tell whether a turn is known to have ended. */
  $ended(id: string): boolean {
    return this.#find(id)?.$open === "" || this.#gone.has(id);
  }

  /** Where to read on. */
  $point(session_id: string): wire.AttachPoint {
    const known = this.#epoch !== null && !this.$torn;
    return known ? { session_id, epoch: this.#epoch, after: this.#cursor } : { session_id };
  }

  /** Reading begins; false when only a snapshot can help, which was not promised. */
  $attached({ recovered, epoch, seq }: Frame<"attached">): boolean {
    // until the snapshot has come the old cursor is the one that holds
    if (recovered) this.#epoch ??= epoch;
    this.$live = recovered && epoch === this.#epoch && seq <= this.#cursor;
    return this.$live || !recovered;
  }

  /** Replace all that was known. */
  $refresh(frame: Frame<"snapshot">): void {
    const { running_turn: running } = frame;
    this.#gone.clear();
    this.#turns = turnsOf(frame.messages);
    if (running) {
      const turn = this.#begin(running);
      const { persona, choices, message_id, text } = running;
      note(turn, { persona, choices });
      if (text) put(turn, message_id, text, "streaming");
    }
    this.#inform(frame.session);
    this.#epoch = frame.epoch;
    this.#cursor = frame.seq;
    this.$live = true;
    this.$torn = false;
  }

  /** Put older messages before what is known. */
  $older(messages: readonly wire.Message[]): void {
    const turns = turnsOf(messages);
    const upTo = turns.findIndex((each) => this.#find(each.id));
    this.#turns.unshift(...(upTo < 0 ? turns : turns.slice(0, upTo)));
  }

  /** Take in the next frame: true when it was, false when it is old, null when one is missing. */
  $apply(frame: LogFrame): boolean | null {
    if (!this.$live || frame.seq <= this.#cursor) return false;
    if (frame.seq > this.#cursor + 1) {
      this.$live = false;
      return null;
    }
    this.#cursor = frame.seq;
    if (frame.type === "message") this.#say(frame.message);
    else if (frame.type === "turn_started") this.#begin(frame);
    else if (frame.type === "read") this.$unread = frame.unread;
    else if (frame.type === "session_updated") this.#inform(frame.session);
    else {
      const turn = this.#find((frame as TurnFrame).turn_id);
      if (turn && told(turn, frame)) this.$unread += 1;
    }
    return true;
  }

  #inform(session: wire.Session): void {
    this.$info = session;
    this.$unread = session.unread ?? 0;
  }

  #find(id: string): Turn | undefined {
    return this.#turns.find((each) => each.id === id);
  }

  #make(id: string): Turn {
    const turn = this.#find(id) ?? newTurn(id);
    if (!this.#turns.includes(turn)) this.#turns.push(turn);
    return turn;
  }

  #say(message: wire.Message): void {
    const { id, supersedes, turn_id } = message;
    if (this.$messages.some(is(id))) return;
    const place = this.#turns.findIndex((each) => each.$asked.some(is(supersedes)));
    const turn = this.#make(turn_id ?? id);
    if (this.#gone.has(turn.id) || (supersedes && place < 0)) this.$torn = true;
    turn.$asked.push(said(message));
    if (place < 0) return;
    const asked = this.#turns[place]!.$asked;
    turn.$asked.unshift(...asked.slice(0, asked.findIndex(is(supersedes))).map(into(turn.id)));
    this.#cut(place, turn);
  }

  /** A turn begins, maybe anew with messages that joined it, maybe in the place of another. */
  #begin({ turn_id: id, message_ids: ids, supersedes }: Frame<"turn_started"> | wire.RunningTurn): Turn {
    const known = this.#find(id);
    const turn = known ?? newTurn(id);
    if (this.#gone.has(id)) return turn;
    const all = this.$messages;
    const named = ids.flatMap((each) => all.filter(is(each)));
    const place = this.#turns.findIndex((each) => each.id === supersedes);
    if (named.length < ids.length || (supersedes && place < 0 && !known)) this.$torn = true;
    for (const each of this.#turns) each.$asked = each.$asked.filter((other) => !named.includes(other));
    turn.$asked.unshift(...named.map(into(id)));
    // turns begin in order: those that still wait came after it
    if (place >= 0) this.#cut(place, turn, "waiting");
    else if (!known) this.#turns.push(turn);
    this.#turns = this.#turns.filter((each) => each === turn || each.$asked.length || each.$answer);
    turn.$open = "running";
    turn.$answer = turn.$answer?.id ? put(turn, turn.$answer.id, "", "streaming") : null;
    return turn;
  }

  /** Let a turn take the place of another and of all after it. */
  #cut(place: number, turn: Turn, stays?: string): void {
    const later = this.#turns.splice(place).filter((each) => each !== turn);
    for (const each of later) if (each.$open !== stays) this.#gone.add(each.id);
    this.#turns.push(turn, ...later.filter((each) => each.$open === stays));
    // who goes on from there has read what came after
    this.$unread = 0;
  }
}

/** Take in what is told of a turn; true when there is something more to read. */
function told(turn: Turn, frame: LogFrame): boolean {
  const { $answer: answer } = turn;
  const { id = null, text = "" } = answer ?? {};
  const whole = answer && answer.status !== "streaming";
  switch (frame.type) {
    case "routed":
      note(turn, { persona: frame.persona, choices: frame.choices });
      break;
    case "safety":
      note(turn, { resources: frame.resources });
      break;
    case "feedback":
      note(turn, { rating: frame.rating });
      break;
    case "delta":
      // a snapshot may know more than the log up to it
      if (!whole) put(turn, frame.message_id, text + frame.text, "streaming");
      break;
    case "turn_restarted":
      if (answer) put(turn, id, "", "streaming");
      break;
    case "turn_failed":
      turn.$open = "";
      put(turn, id, text, "failed", { error: frame.code });
      break;
    case "turn_done":
      note(turn, { persona: frame.persona, created_at: frame.at });
      end(turn, frame.message_id, frame.text, frame.finish_reason);
      return !whole && !!frame.text;
  }
  return false;
}

function turnsOf(messages: readonly wire.Message[]): Turn[] {
  const turns = new Map<string, Turn>();
  for (const each of messages) {
    const { id, turn_id, answered, failed, created_at, text } = each;
    const name = turn_id ?? answered?.turn_id ?? id;
    const turn = turns.get(name) ?? newTurn(name);
    turns.set(name, turn);
    if (each.role === "user") {
      turn.$asked.push(said(each));
      if (failed) {
        turn.$open = "";
        put(turn, null, "", "failed", { error: failed });
      }
    } else {
      turn.$facts = { ...answered, created_at } as Facts;
      end(turn, id, text, answered?.finish_reason);
    }
  }
  return [...turns.values()];
}

function newTurn(id: string): Turn {
  return { id, $asked: [], $answer: null, $facts: {}, $open: "waiting" };
}

function is(id: string | null | undefined) {
  return (message: Message) => message.id === id;
}

function into(turn_id: string) {
  return (message: Message): Message => ({ ...message, turn_id });
}

function said(message: wire.Message): Message {
  const { id, client_msg_id: own } = message;
  return { turn_id: null, ...message, key: own ?? id, status: "sent" } as Message;
}

function end(turn: Turn, id: string, text: string, reason?: string): void {
  turn.$open = "";
  put(turn, id, text, reason === "stopped" ? reason : "done");
}

function note(turn: Turn, facts: Facts): void {
  Object.assign(turn.$facts, facts);
  if (turn.$answer) turn.$answer = { ...turn.$answer, ...turn.$facts } as Message;
}

function put(turn: Turn, id: string | null, text: string, status: Status, more?: Facts): Message {
  const key = id ?? turn.id;
  return (turn.$answer = {
    key, id, role: "assistant", text, status, turn_id: turn.id, ...turn.$facts, ...more,
  } as Message);
}
