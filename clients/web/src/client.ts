// A user of an ION server: one connection for all sessions, kept alive.

import { Account, shared } from "./auth";
import { onReturn } from "./browser";
import { Connection } from "./connection";
import { Emitter } from "./emitter";
import type * as wire from "./generated/frames";
import { newId } from "./ids";
import { type Entry, Queue } from "./queue";
import { call, IonError } from "./rest";
import { type Host, Session } from "./session";
import { browserStorage, Store } from "./storage";
import type { ClientEvents, Frame, LogFrame, Options, SocketLike, State } from "./types";

const MOST_READ = 8;
const LOCAL = "new:";

export class IonClient extends Emitter<ClientEvents> {
  #base: string;
  #fetch: typeof fetch;
  #queue: Queue;
  #token: (stale: boolean) => Promise<string>;
  #connection: Connection;
  #loaded: Promise<void>;
  #host: Host;
  #sessions: Session[] = [];
  /** Sessions that are read, the one used last at the end. */
  #read: Session[] = [];
  /** Those that the last `hello` named. */
  #greeted: Session[] = [];
  #early: (Frame<"attached"> | Frame<"snapshot"> | LogFrame)[] = [];
  #limits: wire.Limits = { text_chars: 8_000, frame_bytes: 65_536, sessions: 16 };
  #unread = 0;
  #user = "";
  #unlisten: (() => void) | null = null;

  constructor(options: Options) {
    super();
    const { now = Date.now, random = Math.random, timers = globalThis } = options;
    const time = {
      now,
      random,
      setTimeout: (act: () => void, ms: number) => timers.setTimeout(act, ms),
      clearTimeout: (timer: any) => timers.clearTimeout(timer),
    };
    this.#base = `${options.url.replace(/\/+$/, "")}/api/v2.1`;
    this.#fetch = options.fetch ?? ((...asked) => fetch(...asked));
    const kept = options.storage ?? browserStorage();
    const failed = () => this.emit("error", { code: "storage" });
    const store = new Store(kept, options.prefix ?? "ion:", failed);
    const queue = (this.#queue = new Queue(store, now));
    const account = new Account(store, now, (path, body) => this.#call("POST", path, body));
    this.#token = shared(options.token ?? ((asked) => account.token(asked)));
    const connection = (this.#connection = new Connection({
      open: (protocols) => this.#open(options.socket, protocols),
      token: async (stale) => {
        await this.#loaded;
        return this.#token(stale);
      },
      hello: () => {
        this.#greeted = this.#read;
        const attach = this.#read.map((each) => each.point());
        return { device: options.device, ...(attach.length ? { attach } : {}) };
      },
      received: (frame) => this.#received(frame),
      busy: () => this.#sessions.some((each) => each.running || !each.empty),
      changed: (state, why) => this.#changed(state, why),
    }, options, time, now));
    const limits = () => this.#limits;
    this.#host = {
      ...time,
      get limits() {
        return limits();
      },
      get isOpen() {
        return connection.state === "open";
      },
      say: (frame) => connection.send(frame),
      probe: () => connection.probe(),
      reset: () => connection.reset(),
      rest: (...asked) => this.rest(...asked),
      attach: (session, asked) => this.#attach(session, asked),
      detach: (session) => this.#detach(session),
      changed: (session) => this.#told(session),
      stamp: () => queue.stamp(),
      keep: (entry) => queue.keep(entry),
      drop: (id) => queue.drop(id),
      name: (key, id) => queue.name(key, id),
    };
    this.#loaded = this.#load();
  }

  /** How the connection is. */
  get state(): State {
    return this.#connection.state;
  }

  /** How many answers were not read, in all sessions that are open here. */
  get unread(): number {
    return this.#sessions.reduce((sum, each) => sum + each.unread, 0);
  }

  /** Sessions that are open here, also those with messages that an earlier run could not send. */
  get opened(): readonly Session[] {
    return this.#sessions;
  }

  /** Connect, and stay connected until `close`. In a browser, `wake` is called when it should be. */
  connect(): void {
    this.#unlisten ??= onReturn(() => this.wake());
    this.#connection.start();
  }

  /** Go away; turns go on, and what was not sent stays in the storage. */
  close(): void {
    this.#unlisten?.();
    this.#unlisten = null;
    this.#connection.stop();
  }

  /** The network or the user is back: try to connect now, or check that the connection lives. */
  wake(): void {
    this.#connection.wake();
  }

  /** Return a session by its id or key, or a new one that the first message begins. */
  session(name?: string): Session {
    let session = this.#sessions.find((each) => name && (each.id === name || each.key === name));
    if (!session) {
      const key = name ?? newId(LOCAL);
      session = this.#add(key, key.startsWith(LOCAL) ? this.#queue.nameOf(key) : key);
    }
    session.closed = false;
    if (session.id) this.#attach(session);
    return session;
  }

  /** Return a page of the user's sessions, the last used first; raises IonError. */
  sessions(asked: { before?: string; limit?: number } = {}) {
    const { before, limit = 30 } = asked;
    const from = before ? `&before=${encodeURIComponent(before)}` : "";
    return this.rest<{ sessions: wire.Session[]; next?: string }>(
      "GET", `/sessions?limit=${limit}${from}`);
  }

  /** Return all personas; raises IonError. */
  async personas() {
    const page = await this.rest<{ personas: PersonaInfo[] }>("GET", "/personas");
    return page.personas;
  }

  /** Call anything under `/api/v2.1` as this user; raises IonError. */
  async rest<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await this.#call(method, path, body, await this.#token(false));
    } catch (error) {
      if (!(error instanceof IonError && error.status === 401)) throw error;
      return this.#call(method, path, body, await this.#token(true));
    }
  }

  #call<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
    return call(this.#fetch, this.#base + path, method, body, token);
  }

  #open(make: Options["socket"], protocols: string[]): SocketLike {
    const url = `${this.#base.replace(/^http/, "ws")}/ws`;
    return make ? make(url, protocols) : new WebSocket(url, protocols);
  }

  async #load(): Promise<void> {
    const entries = await this.#queue.load();
    for (const each of this.#sessions) this.#find(each);
    const waiting = new Map<Session, Entry[]>();
    for (const entry of entries) {
      const id = this.#queue.nameOf(entry.key);
      const session = this.#sessions.find((each) => each.key === entry.key || each.id === (id ?? ""))
        ?? this.#add(entry.key, entry.key.startsWith(LOCAL) ? id : entry.key);
      waiting.set(session, [...(waiting.get(session) ?? []), entry]);
    }
    for (const [session, own] of waiting) session.restore(own);
  }

  /** A session that was asked for by its key before the storage was read may have a name. */
  #find(session: Session): void {
    const id = this.#queue.nameOf(session.key);
    if (!id || session.id) return;
    session.named(id);
    this.#attach(session);
  }

  #add(key: string, id: string | undefined): Session {
    const session = new Session(this.#host, key, id ?? null);
    this.#sessions.push(session);
    return session;
  }

  #attach(session: Session, asked = false): void {
    const known = this.#read.includes(session);
    this.#read = [...this.#read.filter((each) => each !== session), session];
    if (!known && !asked) this.#connection.send({ type: "attach", ...session.point() });
    while (this.#read.length > MOST_READ) this.#detach(this.#read[0]!);
  }

  #detach(session: Session): void {
    const known = this.#read.includes(session);
    this.#read = this.#read.filter((each) => each !== session);
    session.detached();
    if (known) this.#connection.send({ type: "detach", session_id: session.id! });
    this.#leave(session);
  }

  /** A session that was closed is forgotten once all is sent. */
  #leave(session: Session): void {
    if (session.closed && session.empty) this.#sessions = this.#sessions.filter((each) => each !== session);
  }

  #received(frame: wire.ServerFrame): void {
    if (frame.type === "welcome") {
      this.#limits = frame.limits ?? this.#limits;
      if (this.#user !== frame.user_id) this.emit("user", (this.#user = frame.user_id));
    } else if (frame.type === "ack") this.#acked(frame);
    else if (frame.type === "error") {
      const { code, message, ref } = frame;
      const taken = ref && this.#sessions.some((each) => each.refused(frame));
      if (!taken) this.emit("error", { code, message, ref: ref ?? undefined });
    } else if (frame.type === "attached" || frame.type === "snapshot" || Number.isInteger((frame as any).seq)) {
      this.#routed(frame as LogFrame);
    }
  }

  #acked(frame: Frame<"ack">): void {
    const session = this.#sessions.find((each) => each.acked(frame));
    if (session) this.#leave(session);
    const early = this.#early;
    this.#early = [];
    for (const each of early) this.#routed(each);
  }

  #routed(frame: Frame<"attached"> | Frame<"snapshot"> | LogFrame): void {
    const id = frame.type === "snapshot" ? frame.session.id : frame.session_id;
    const own = this.#sessions.filter((each) => each.id === id);
    for (const each of own) each.receive(frame);
    // the server tells of a new session before it acks the message that began it
    if (!own.length && this.#sessions.some((each) => !each.id)) this.#early.push(frame);
  }

  #changed(state: State, why: string): void {
    if (state === "open") {
      for (const each of this.#read) {
        if (!this.#greeted.includes(each)) this.#connection.send({ type: "attach", ...each.point() });
      }
      for (const each of this.#sessions) each.flush();
    } else {
      this.#early = [];
      for (const each of this.#sessions) each.disconnected();
    }
    this.emit("state", { state, why });
  }

  #told(session: Session): void {
    this.emit("change", { session });
    const { unread } = this;
    if (unread !== this.#unread) this.emit("unread", (this.#unread = unread));
  }
}

/** A persona as `GET /personas` has it. */
export interface PersonaInfo {
  id: string;
  name: string;
  /** By language. */
  names: Record<string, string>;
  role: string;
  traits: string[];
  strengths: string[];
  /** As CSS writes it. */
  color: string;
}
