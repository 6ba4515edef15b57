// What was said here and is not known to be on the server, kept until it is.

import type { Store } from "./storage";
import type { Message, Saying } from "./types";

const QUEUE = "q:";
const NAME = "name:";
const MONTHS_MS = 90 * 86_400_000;

/** A message on its way; `key` is its session's. Its client_msg_id never changes. */
export interface Sending {
  key: string;
  at: number;
  frame: Omit<Saying<"send">, "session_id"> | Omit<Saying<"regenerate">, "session_id">;
  /** Why it was refused for good. */
  error?: string | undefined;
  /** Its turn, once the server has the message, and the message's id. */
  $turn?: string | null;
  $id?: string | null;
  $underWay?: boolean;
  $stopping?: boolean;
  $tries?: number;
  $notBefore?: number;
}

/** Return what is to be sent next. */
export function nextOf(all: Sending[]): Sending | undefined {
  return all.find(({ $turn, error }) => !$turn && !error);
}

/** Tell whether a message is what was sent. */
export function is({ frame }: Sending) {
  return (message: Message) => message.client_msg_id === frame.client_msg_id;
}

/** Return how it is shown while the log does not have it; a second answer has nothing to show. */
export function shown({ frame, $turn: turn_id = null, $id: id = null, at, error }: Sending): Message[] {
  if (frame.type !== "send") return [];
  return [{
    ...frame, key: frame.client_msg_id, id, role: "user", turn_id, error,
    status: error ? "failed" : turn_id ? "sent" : "queued", created_at: new Date(at).toJSON(),
  } as Message];
}

export interface Queue {
  /** Return what was kept, the newest first. */
  $load(): Promise<Sending[]>;
  /** Return a time in ms, later than all before. */
  $stamp(): number;
  $keep(each: Sending): void;
  $drop(each: Sending): void;
  /** The server named a session that was begun here. */
  $name(key: string, id: string): void;
  /** Return the server's id of a session that was begun here, if it has one. */
  $nameOf(key: string): string | undefined;
}

export function queueIn(store: Store): Queue {
  const names = new Map<string, string>();
  let last = 0;
  const $name = (key: string, id: string) => {
    names.set(key, id);
    store.$set(NAME + key, { id, at: Date.now() });
  };
  return {
    $load: async () => {
      const all = (await store.$all<Sending>(QUEUE)).map(([, each]) => each)
        .filter(({ key, at, frame }) => frame?.client_msg_id && key && at > 0);
      // after the messages: a name is kept before the first of them is dropped, perhaps by another tab
      for (const [key, { id, at }] of await store.$all<{ id: string; at: number }>(NAME)) {
        if (at > Date.now() - MONTHS_MS) names.set(key, id);
        else store.$remove(NAME + key);
      }
      all.sort((a, b) => b.at - a.at);
      last = Math.max(last, all[0]?.at ?? 0);
      return all;
    },
    $stamp: () => (last = Math.max(Date.now(), last + 1)),
    $keep: ({ key, at, frame, error }) => store.$set(QUEUE + frame.client_msg_id, { key, at, frame, error }),
    $drop: ({ frame }) => store.$remove(QUEUE + frame.client_msg_id),
    $name,
    $nameOf: (key) => {
      const id = names.get(key);
      // what is used is kept for longer
      if (id) $name(key, id);
      return id;
    },
  };
}
