// One conversation, as a screen shows it.

import type { Message, Session } from "@ion-mentoring/client";

import type { Api } from "./api";
import type { Conversations } from "./conversations";
import type { History } from "./history";
import { itemsOf } from "./items";
import type { Item } from "./items";
import type { Pairs } from "./pairs";
import type { ArchivedMessage, Rating } from "./resources";
import { Signal } from "./signal";
import { hasContent } from "./text";

const CHOICE = "persona.";

interface Parts {
  api: Api;
  conversations: Conversations;
  history: History;
  pairs: Pairs;
  now: () => number;
  /** Something was said or answered: what is kept of it is to be brought up to date. */
  moved: () => void;
}

export class Chat extends Signal {
  readonly session: Session;
  #parts: Parts;
  #archived: ArchivedMessage[] | null = null;
  #items: Item[] | null = null;
  #ends: (() => void)[];
  #ratings = new Map<string, Rating>();

  constructor(session: Session, parts: Parts) {
    super();
    this.session = session;
    this.#parts = parts;
    const settled = () => this.#settled();
    this.#ends = [
      session.on("change", () => this.changed()),
      session.on("ack", settled), session.on("turn_done", settled), session.on("turn_failed", settled),
      session.on("memory_saved", () => parts.moved()), session.on("session_updated", () => parts.moved()),
      parts.conversations.subscribe(() => this.#renewed()),
    ];
  }

  /** Its name in the app: the server's, or the client's own until there is one. */
  get key(): string {
    return this.session.id ?? this.session.key;
  }

  get items(): Item[] {
    this.#archived ??= this.session.id ? this.#parts.history.messages(this.session.id) : [];
    this.#items ??= itemsOf(this.#archived, this.session.messages, this.session.running);
    return this.#items;
  }

  /** Whether a turn runs that can be stopped. */
  get running(): boolean {
    return this.session.running;
  }

  /** Who answers, by the person's choice: null for whoever fits. */
  get persona(): string | null {
    const { pairs } = this.#parts;
    const kept = pairs.get(CHOICE + this.key) ?? pairs.get(CHOICE + this.session.key);
    if (kept !== null) return kept || null;
    return this.#parts.conversations.info(this.session.id)?.persona ?? null;
  }

  /** Return a rating, also while the server has not confirmed it. */
  ratingOf(turnId: string | null, known: number): number {
    return this.#ratings.get(turnId ?? "") ?? known;
  }

  /** Say something; it is kept until the server has it. */
  send(text: string): void {
    if (!hasContent(text)) return;
    this.session.send(text.trim(), { persona: this.persona ?? undefined });
  }

  stop(): void {
    this.session.stop();
  }

  /** Try again what the server refused. */
  retry(clientMsgId: string): void {
    this.session.retry(clientMsgId);
  }

  /** Give up what the server refused. */
  discard(clientMsgId: string): void {
    this.session.discard(clientMsgId);
  }

  /** Have a turn answered again: the answer is replaced. */
  again(turnId: string): void {
    this.session.regenerate(turnId);
  }

  /** Choose who answers from now on; null gives the choice back. */
  async choose(persona: string | null): Promise<void> {
    this.#parts.pairs.set(CHOICE + this.key, persona ?? "");
    this.changed();
    const { id } = this.session;
    if (!id) return;
    try {
      await this.#parts.conversations.choose(id, persona);
    } catch {
      // the choice stays here and goes with each message
    }
  }

  async rate(turnId: string, rating: Rating): Promise<void> {
    if (!this.session.id) return;
    this.#ratings.set(turnId, rating);
    this.changed();
    try {
      await this.#parts.api.rate(this.session.id, turnId, rating);
    } catch {
      this.#ratings.delete(turnId);
      this.changed();
    }
  }

  /** The newest answer is on the screen. */
  seen(): void {
    if (this.session.unread > 0) this.session.read();
  }

  /** The person writes: an answer waits a moment for them. */
  typing(text: string): void {
    this.session.typing(hasContent(text));
  }

  /** The screen is left; the session goes on. */
  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  protected override changed(): void {
    this.#items = null;
    super.changed();
  }

  #renewed(): void {
    this.#archived = null;
    this.changed();
  }

  /** Keep what was settled at once: the app may end before the server is asked for it. */
  #settled(): void {
    const { id } = this.session;
    if (id) {
      const { conversations, history, now } = this.#parts;
      const at = new Date(now()).toISOString();
      const session = { ...(conversations.info(id) ?? { id, title: "", created_at: at }), updated_at: at };
      const messages = this.session.messages.filter(isSettled).map((message) => archivedOf(message, at));
      history.keepMessages(session, messages);
    }
    this.#parts.moved();
  }
}

function isSettled({ id, role, status }: Message): boolean {
  return id !== null && (role === "user" ? status === "sent" : status === "done" || status === "stopped");
}

function archivedOf(message: Message, at: string): ArchivedMessage {
  const { id, role, text, created_at = at, client_msg_id = null, turn_id, persona } = message;
  const whole: ArchivedMessage = { id: `${id}`, role, text, created_at, client_msg_id, turn_id };
  if (role === "user") return whole;
  return {
    ...whole,
    answered: {
      turn_id: turn_id ?? "", persona: persona ?? "", choices: [...(message.choices ?? [])],
      resources: [...(message.resources ?? [])],
      finish_reason: message.status === "stopped" ? "stopped" : "stop",
    },
  };
}
