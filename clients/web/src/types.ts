// What a program hands in and gets out.

import type { Ask } from "./auth";
import type { Choice, ClientFrame, Device, HelpLine, LogFrame, ServerFrame } from "./generated/frames";

export type { LogFrame };

/** How the connection is: never begun, being made, in use, waiting for the next try, or not let in. */
export type State = "idle" | "connecting" | "open" | "waiting" | "denied";

/** Of the user: queued (kept here), sent (the server has it), failed. Of the assistant: the rest. */
export type Status = "queued" | "sent" | "streaming" | "done" | "stopped" | "failed";

/** What becomes of a message that comes while a turn runs. */
export type Policy = "merge" | "queue" | "interrupt" | "reject";

/** One message as it is shown; a changed message is a new object with the same `key`. */
export interface Message {
  /** Never changes: a user's client_msg_id, the id of an answer. */
  readonly key: string;
  /** The server's id, null until it has one. */
  readonly id: string | null;
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly status: Status;
  readonly turn_id: string | null;
  readonly client_msg_id?: string | undefined;
  readonly created_at?: string;
  readonly persona?: string | undefined;
  /** Who could have answered, and why. */
  readonly choices?: readonly Choice[];
  /** Ways to reach a human; show them with the answer. */
  readonly resources?: readonly HelpLine[];
  readonly rating?: number;
  /** Why it failed. */
  readonly error?: string | undefined;
}

export interface SendOptions {
  persona?: string | undefined;
  policy?: Policy | undefined;
}

/** A key-value store of strings; each method may return a promise. */
export interface KeyValue {
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, value: string): unknown;
  remove(key: string): unknown;
  keys(): readonly string[] | Promise<readonly string[]>;
}

/** What is used of a WebSocket. */
export interface SocketLike {
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: string): void;
  close(): void;
}

export interface Options {
  /** Where the server is, e.g. `https://ion.example.com`. */
  url: string;
  /**
   * Return an access token; asked for every connection, with `stale` when the last one was refused.
   * Without it the user is an anonymous account, kept in `storage` and renewed.
   */
  token?: Ask;
  /** Keeps unsent messages and the account; localStorage where there is one, else memory. */
  storage?: KeyValue;
  /** Begins every key in `storage`; give each user of one storage their own. Default `ion:`. */
  prefix?: string;
  /** Opens a WebSocket; needed where there is none (Node before 22). */
  socket?: (url: string, protocols: string[]) => SocketLike;
  fetch?: typeof fetch;
  /** The device, for notifications. */
  device?: Device;
  /** Pauses between tries are drawn from 0 to a ceiling that doubles. Default 200 ms to 10 s. */
  backoff?: { first_ms?: number; most_ms?: number };
  /** Chance, for tests; time is the global one. */
  random?: () => number;
}

type Of<Union, Name> = Extract<Union, { type: Name }>;
export type Frame<Name extends ServerFrame["type"]> = Of<ServerFrame, Name>;
export type Saying<Name extends ClientFrame["type"]> = Of<ClientFrame, Name>;

/** What a server says of one session. */
export type SessionFrame = Frame<"attached"> | Frame<"snapshot"> | LogFrame;

/** What went wrong with something asked. */
export interface Problem {
  code: string;
  message?: string | undefined;
  /** The client_msg_id or session id that it is about. */
  ref?: string | undefined;
}

/** What `client.on` can listen to. */
export interface ClientEvents {
  /** The state changed, and why (e.g. `closed`, `silent`, `forbidden`, `replaced`, `no_websocket`). */
  state: { state: State; why: string };
  unread: number;
  /** Something of a session changed; also the first sign of one that was kept in storage. */
  change: { session: import("./session").Session };
  error: Problem;
}

type LogEvents = { [Name in LogFrame["type"]]: Frame<Name> };

/** What `session.on` can listen to: frames as they are applied, and `change` after anything. */
export interface SessionEvents extends LogEvents {
  change: undefined;
  ack: Frame<"ack">;
  attached: Frame<"attached">;
  snapshot: Frame<"snapshot">;
  error: Problem;
}
