// The turns that are shown, in order: messages put in, joined, and taken out of the view.

import type * as wire from "./generated/frames";
import type { Message, Status } from "./types";

type Facts = { -readonly [Name in keyof Message]?: Message[Name] };

interface Turn {
  id: string;
  asked: Message[];
  answer: Message | null;
  /** What is known of the answer, also before it has a word. */
  facts: Facts;
  open: "waiting" | "running" | "";
  /** Turns that stand for one another at this place, in order, when there are several. */
  siblings: string[];
}

export class Transcript {
  /** Whether only a snapshot can tell what is shown. */
  torn = false;
  #turns: Turn[] = [];
  /** Turns that left the view: their frames change nothing. */
  #gone = new Set<string>();
  /** Messages that left it, for a turn that names them. */
  #aside: Message[] = [];

  /** Read messages as the archive has them; answers without an id keep the key they had `before`. */
  constructor(messages: readonly wire.Message[] = [], before?: Transcript) {
    for (const each of messages) {
      const turn = this.#make(each.turn_id ?? each.answered?.turn_id ?? each.id);
      turn.siblings = each.siblings ?? [];
      if (each.role === "user") {
        this.#ask(turn, each);
        turn.open = each.failed ? "" : "waiting";
        const old = before && before.#find(turn.id)?.answer;
        if (each.failed) {
          put(turn, old?.id ?? null, old?.error ? old.text : "", "failed", { error: each.failed });
        }
      } else {
        turn.facts = factsOf(each);
        this.done(turn.id, each.id, each.text, each.answered?.finish_reason);
      }
    }
  }

  get messages(): Message[] {
    return this.#turns.flatMap(({ asked, answer }) => (answer ? [...asked, answer] : asked));
  }

  /** The turn that is being answered, or the first that waits for it. */
  get open(): string | undefined {
    const { id } = this.#turns.find((each) => each.open === "running")
      ?? this.#turns.find((each) => each.open) ?? {};
    return id;
  }

  /** The last turn that is shown. */
  get last(): string | undefined {
    return this.#turns[this.#turns.length - 1]?.id;
  }

  /** Tell whether a turn is here. */
  has(id: string): boolean {
    return !!this.#find(id);
  }

  /** Tell whether a turn is known to have ended. */
  ended(id: string): boolean {
    return this.#find(id)?.open === "" || this.#gone.has(id);
  }

  /** Tell whether a turn left the view. */
  left(id: string): boolean {
    return this.#gone.has(id);
  }

  /** Put older messages before what is known. */
  older(messages: readonly wire.Message[]): void {
    const turns = new Transcript(messages).#turns;
    const upTo = turns.findIndex((each) => this.#find(each.id));
    this.#turns.unshift(...(upTo < 0 ? turns : turns.slice(0, upTo)));
  }

  /** A message was said; true when others left the view for it. */
  say(message: wire.Message): boolean {
    const id = message.turn_id ?? message.id;
    const { supersedes } = message;
    const left = !!supersedes && !this.#gone.has(id) && this.#makeRoom(supersedes, id);
    if (this.#gone.has(id)) this.#aside.push(asked(message));
    else this.#ask(this.#make(id), message);
    return left;
  }

  /** A turn begins, maybe anew with messages that joined it; true when others left for it. */
  begin(id: string, messageIds: readonly string[], supersedes?: string | null): boolean {
    const left = !!supersedes && this.#takePlace(supersedes, id, messageIds);
    if (this.#gone.has(id)) return left;
    this.#gather(id, messageIds);
    const turn = this.#make(id);
    turn.open = "running";
    if (turn.answer?.id) put(turn, turn.answer.id, "", "streaming");
    else turn.answer = null;
    return left;
  }

  /** The text so far is void. */
  restart(id: string): void {
    const turn = this.#make(id);
    if (turn.answer) put(turn, turn.answer.id, "", "streaming");
  }

  /** Something more is known of an answer. */
  note(id: string, facts: Facts): void {
    const turn = this.#make(id);
    Object.assign(turn.facts, facts);
    if (turn.answer) turn.answer = { ...turn.answer, ...facts };
  }

  /** Text is added to an answer; one that is whole stays as it is. */
  write(id: string, messageId: string, text: string): void {
    const turn = this.#make(id);
    const { answer } = turn;
    if (answer && answer.status !== "streaming") return;
    turn.open = "running";
    put(turn, messageId, (answer?.text ?? "") + text, "streaming");
  }

  /** An answer is whole; true when that is news. */
  done(id: string, messageId: string, text: string, reason?: string): boolean {
    const turn = this.#make(id);
    const { answer } = turn;
    const news = !answer || answer.status === "streaming";
    turn.open = "";
    put(turn, messageId, text, reason === "stopped" ? "stopped" : "done");
    return news;
  }

  /** A turn has no answer. */
  fail(id: string, error: string): void {
    const turn = this.#make(id);
    turn.open = "";
    put(turn, turn.answer?.id ?? null, turn.answer?.text ?? "", "failed", { error });
  }

  #find(id: string): Turn | undefined {
    return this.#turns.find((each) => each.id === id);
  }

  #make(id: string): Turn {
    let turn = this.#find(id);
    if (!turn) {
      turn = { id, asked: [], answer: null, facts: {}, open: "waiting", siblings: [] };
      this.#turns.push(turn);
    }
    return turn;
  }

  /** Put a message into its turn, once. */
  #ask(turn: Turn, message: wire.Message): void {
    const known = this.#turns.some((each) => each.asked.some((other) => other.id === message.id));
    if (!known) turn.asked.push(asked(message));
  }

  /** Return where a turn, or one that stands for it, is shown. */
  #place(id: string | null): number {
    return this.#turns.findIndex((each) => each.id === id || each.siblings.includes(id!));
  }

  /** A message takes the place of another: that one and all after it leave the view. */
  #makeRoom(supersedes: string, id: string): boolean {
    const at = this.#turns.findIndex(({ asked: all }) => all.some((each) => each.id === supersedes));
    if (at >= 0) {
      const all = this.#turns[at]!.asked;
      return this.#cut(at, id, all.slice(0, all.findIndex((each) => each.id === supersedes)));
    }
    const old = this.#aside.find((each) => each.id === supersedes);
    if (!old) return false;
    const place = this.#place(old.turn_id);
    return place < 0 ? this.#tear(id) : this.#cut(place, id, []);
  }

  /**
   * A turn takes the place of another: that one's answer and all after it leave the view. Turns
   * begin in order, so those that still wait came after it: what waited before has been stopped.
   */
  #takePlace(supersedes: string, id: string, messageIds: readonly string[]): boolean {
    const at = this.#place(supersedes);
    const there = this.#turns[at];
    if (there?.id === id) return false;
    if (there && there.id !== supersedes && there.open === "waiting") {
      // the one that waits there is newer, and this one only one more version
      if (!there.siblings.includes(id)) there.siblings.splice(-1, 0, id);
      this.#gone.add(id);
      return false;
    }
    if (this.#gone.has(id)) return false;
    if (!there) return this.#gone.has(supersedes) && this.#tear(id);
    return this.#cut(at, id, there.asked.filter((each) => messageIds.includes(each.id!)), true);
  }

  /** What the turn takes the place of has left the view. */
  #tear(id: string): boolean {
    this.#gone.add(id);
    return (this.torn = true);
  }

  /** Take out the turn at a place for another, but the messages `kept`, and all after it. */
  #cut(at: number, id: string, kept: Message[], waiting = false): boolean {
    const old = this.#turns[at]!;
    const later = this.#turns.splice(at).slice(1);
    const fresh = later.find((each) => each.id === id) ?? this.#make(id);
    const stay = later.filter((each) => each !== fresh && waiting && each.open === "waiting");
    for (const each of [old, ...later]) {
      if (each === fresh || stay.includes(each)) continue;
      this.#gone.add(each.id);
      this.#aside.push(...each.asked.filter((message) => !kept.includes(message)));
    }
    fresh.siblings = [...(old.siblings.length ? old.siblings : [old.id]), id];
    fresh.asked = [...kept, ...fresh.asked.filter((each) => !kept.includes(each))].map(into(id));
    this.#turns.splice(at, this.#turns.length, fresh, ...stay);
    return true;
  }

  /** A turn takes up the messages it names, from other turns or from aside, in its order. */
  #gather(id: string, messageIds: readonly string[]): void {
    const turn = this.#make(id);
    const named = (each: Message) => messageIds.includes(each.id!);
    const moving: Message[] = [];
    for (const each of this.#turns) {
      if (each === turn || !each.asked.some(named)) continue;
      moving.push(...each.asked.filter(named));
      each.asked = each.asked.filter((message) => !named(message));
    }
    const here = this.messages;
    const known = (each: Message) => [...here, ...moving].some((other) => other.id === each.id);
    for (const each of this.#aside) if (named(each) && !known(each)) moving.push(each);
    if (!moving.length) return;
    const order = (each: Message) => messageIds.indexOf(each.id!);
    turn.asked = [...turn.asked, ...moving.map(into(id))].sort((a, b) => order(a) - order(b));
    this.#turns = this.#turns.filter((each) => each === turn || each.asked.length || each.answer);
  }
}

function into(turn_id: string) {
  return (message: Message): Message => ({ ...message, turn_id });
}

function asked(message: wire.Message): Message {
  const { id, text, created_at, client_msg_id, turn_id = null } = message;
  const own = client_msg_id ? { client_msg_id } : {};
  return { key: client_msg_id ?? id, id, role: "user", text, status: "sent", turn_id, created_at, ...own };
}

function put(turn: Turn, id: string | null, text: string, status: Status, more: Facts = {}): void {
  const siblings = turn.siblings.length ? { siblings: turn.siblings } : {};
  turn.answer = {
    key: id ?? turn.id, id, role: "assistant", text, status, turn_id: turn.id,
    ...siblings, ...turn.facts, ...more,
  };
}

function factsOf({ answered, created_at }: wire.Message): Facts {
  const { persona, choices, resources, rating } = answered ?? {};
  const known = Object.entries({ created_at, persona, choices, resources, rating });
  return Object.fromEntries(known.filter(([, each]) => each));
}
