// A conversation as a list: what the phone keeps of it, then what the client says of it now.

import type { Message } from "@ion-mentoring/client";

import type { ArchivedMessage, Choice, HelpLine } from "./resources";

export interface Day {
  kind: "day";
  key: string;
  at: string;
}

export interface Said {
  kind: "said";
  key: string;
  id: string | null;
  text: string;
  status: "queued" | "sent" | "failed";
  error: string | null;
  at: string | null;
}

export interface Answer {
  kind: "answer";
  key: string;
  id: string | null;
  turnId: string | null;
  text: string;
  status: "thinking" | "streaming" | "done" | "stopped" | "failed";
  error: string | null;
  persona: string | null;
  choices: readonly Choice[];
  resources: readonly HelpLine[];
  resonanceKey: string;
  model: string;
  cut: boolean;
  rating: number;
  memories: readonly string[];
  at: string | null;
  /** Whether nothing comes behind it: the one that can be answered again. */
  last: boolean;
}

export type Item = Day | Said | Answer;

/** Return the items of a session; `live` is what the client has, `answering` whether it may be writing. */
export function itemsOf(archived: ArchivedMessage[], live: readonly Message[], answering: boolean): Item[] {
  const known = new Map(archived.map((message) => [message.id, message]));
  const items: (Said | Answer)[] = earlier(archived, live).flatMap(ofArchive);
  items.push(...live.map((message) => ofClient(message, message.id ? known.get(message.id) : undefined)));
  const newest = live.at(-1);
  if (answering && newest?.role === "user" && newest.status === "sent") items.push(thinking(newest));
  const last = items.at(-1);
  if (last?.kind === "answer") last.last = true;
  return withDays(items);
}

/** Return what stands before all that the client has. */
function earlier(archived: ArchivedMessage[], live: readonly Message[]): ArchivedMessage[] {
  const ids = new Set(live.map((message) => message.id ?? message.client_msg_id));
  const first = archived.findIndex((message) => ids.has(message.id));
  const before = first < 0 ? archived : archived.slice(0, first);
  return before.filter((message) => !ids.has(message.client_msg_id ?? message.id));
}

function ofArchive(message: ArchivedMessage): (Said | Answer)[] {
  const { id, text, created_at: at, answered } = message;
  if (message.role === "assistant") {
    const stopped = answered?.finish_reason === "stopped";
    return [{ ...nothing(`${id}`), id, text, at, status: stopped ? "stopped" : "done", ...facts(message) }];
  }
  const said: Said = {
    kind: "said", key: message.client_msg_id ?? id, id, text, status: "sent", error: null, at,
  };
  if (!message.failed) return [said];
  const failure: Answer = {
    ...nothing(`f:${id}`), turnId: message.turn_id ?? null, status: "failed", error: message.failed, at,
  };
  return [said, failure];
}

function ofClient(message: Message, archived: ArchivedMessage | undefined): Said | Answer {
  const { key, id, text, error = null } = message;
  const at = message.created_at ?? archived?.created_at ?? null;
  if (message.role === "user") {
    const status = message.status === "queued" || message.status === "failed" ? message.status : "sent";
    return { kind: "said", key, id, text, status, error, at };
  }
  const kept = archived ? facts(archived) : {};
  return {
    ...nothing(key), ...kept, id, text, at, error, turnId: message.turn_id,
    status: message.status === "queued" || message.status === "sent" ? "streaming" : message.status,
    persona: message.persona ?? kept.persona ?? null,
    choices: message.choices?.length ? message.choices : (kept.choices ?? NONE),
    resources: message.resources?.length ? message.resources : (kept.resources ?? NONE),
    rating: message.rating ?? kept.rating ?? 0,
  };
}

function facts({ answered, turn_id: turnId }: ArchivedMessage): Partial<Answer> {
  return {
    turnId: answered?.turn_id ?? turnId ?? null, persona: answered?.persona || null,
    choices: answered?.choices ?? NONE, resources: answered?.resources ?? NONE,
    resonanceKey: answered?.resonance_key ?? "", model: answered?.model ?? "",
    cut: answered?.finish_reason === "length", rating: answered?.rating ?? 0,
    memories: answered?.memories_used ?? NONE,
  };
}

// one and the same, so that what did not change is not drawn again
const NONE: never[] = [];

function nothing(key: string): Answer {
  return {
    kind: "answer", key, id: null, turnId: null, text: "", status: "done", error: null, persona: null,
    choices: NONE, resources: NONE, resonanceKey: "", model: "", cut: false, rating: 0, memories: NONE,
    at: null, last: false,
  };
}

/** Return whether two items look the same. */
export function same(one: Item, other: Item): boolean {
  const fields = Object.keys(one) as (keyof Item)[];
  return fields.length === Object.keys(other).length && fields.every((field) => one[field] === other[field]);
}

function thinking(message: Message): Answer {
  return { ...nothing(`t:${message.key}`), turnId: message.turn_id, status: "thinking" };
}

function withDays(items: (Said | Answer)[]): Item[] {
  let day = "";
  return items.flatMap((item) => {
    const its = item.at ? new Date(item.at).toDateString() : day;
    if (its === day || !item.at) return [item];
    day = its;
    return [{ kind: "day", key: `d:${its}`, at: item.at } as Day, item];
  });
}
