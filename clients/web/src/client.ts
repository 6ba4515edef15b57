// A user of an ION server: one connection for all sessions, kept alive.

import { anonymous, shared } from "./auth";
import { onReturn } from "./browser";
import { Connection } from "./connection";
import { Emitter } from "./emitter";
import type * as wire from "./generated/frames";
import type { SessionPage } from "./generated/resources";
import { newId } from "./ids";
import { type Queue, queueIn } from "./queue";
import { after, call, paged } from "./rest";
import { Session } from "./session";
import { browserStorage, jsonStore } from "./storage";
import type { ClientEvents, Options, Problem, SessionFrame, SocketLike, State } from "./types";

const MOST_READ = 8;
const LOCAL = "new:";

export class IonClient extends Emitter<ClientEvents> {
  readonly $queue: Queue;
  readonly $line: Connection;
  #options: Options;
  #url: string;
  #token: (stale: boolean) => Promise<string>;
  #loaded: Promise<void>;
  #sessions: Session[] = [];
  /** Sessions that are read, the one used last at the end. */
  #read: Session[] = [];
  /** Those that the last `hello` named. */
  #greeted: Session[] = [];
  #early: SessionFrame[] = [];
  #unread = 0;
  #unlisten: (() => void) | undefined;

  constructor(options: Options) {
    super();
    const { url, storage = browserStorage(), prefix = "ion:" } = options;
    this.#options = options;
    this.#url = `${url.replace(/\/+$/, "")}/api/v2.1`;
    const store = jsonStore(storage, prefix, () => this.$emit("error", { code: "storage" }));
    this.#token = shared(options.token ?? anonymous(store, (path, body, ms) => this.#call("POST", path, body, "", ms)));
    this.$line = new Connection(this, options);
    this.$queue = queueIn(store);
    this.#loaded = this.#load();
  }

  /** How the connection is. */
  get state(): State {
    return this.$line.$state;
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
    this.$line.$start();
  }

  /** Go away; turns go on, and what was not sent stays in the storage. */
  close(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.$line.$stop();
  }

  /** The network or the user is back: try to connect now, or check that the connection lives. */
  wake(): void {
    this.$line.$wake();
  }

  /** Return a session by its id or key, or a new one that the first message begins. */
  session(name = newId(LOCAL)): Session {
    const session = this.#find(name);
    if (session.id) this.$attach(session);
    return session;
  }

  /** Return a page of the user's sessions, the last used first; raises IonError. */
  sessions({ before = "", limit = 30 } = {}): Promise<SessionPage> {
    return this.rest("GET", paged("/sessions", limit, before));
  }

  /** Call anything under `/api/v2.1` as this user; raises IonError. */
  rest<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const ask = async (stale: boolean) => this.#call<T>(method, path, body, await this.#token(stale));
    return after(ask(false), 401, () => ask(true));
  }

  $open(protocols: string[]): SocketLike {
    const url = `${this.#url.replace("http", "ws")}/ws`;
    return this.#options.socket?.(url, protocols) ?? new WebSocket(url, protocols);
  }

  async $token(stale: boolean): Promise<string> {
    await this.#loaded;
    return this.#token(stale);
  }

  /** The first frame without its token. */
  $hello(): object {
    this.#greeted = this.#read;
    return { device: this.#options.device, attach: this.#read.map((each) => each.$point()) };
  }

  /** Whether somebody waits for an answer, so that silence is looked into sooner. */
  get $busy(): boolean {
    return this.#sessions.some((each) => each.$busy);
  }

  #call<T>(method: string, path: string, body?: unknown, token?: string, withinMs?: number): Promise<T> {
    return call(this.#options.fetch ?? fetch, this.#url + path, method, body, token, withinMs);
  }

  async #load(): Promise<void> {
    const kept = await this.$queue.$load();
    // a session that was asked for by its key before the storage was read may have a name
    for (const each of this.#sessions) {
      each.id ??= this.$queue.$nameOf(each.key) ?? null;
      if (each.id) this.$attach(each);
    }
    for (const each of kept) this.#find(each.key).$restore(each);
  }

  #find(name: string): Session {
    const id = this.$queue.$nameOf(name) ?? (name.startsWith(LOCAL) ? null : name);
    let session = this.#sessions.find((each) => each.key === name || (id && each.id === id));
    if (!session) this.#sessions.push((session = new Session(this, name, id)));
    return session;
  }

  /** Read a session, also when others must make room; `asked`: the server does so by itself. */
  $attach(session: Session, asked = false): void {
    const known = this.#read.includes(session);
    this.#read = [...this.#read.filter((each) => each !== session), session];
    if (!known && !asked) this.$line.$send({ type: "attach", ...session.$point() });
    if (this.#read.length > MOST_READ) this.$detach(this.#read[0]!);
  }

  $detach(session: Session): void {
    if (this.#read.includes(session)) this.$line.$send({ type: "detach", session_id: session.id! });
    this.#read = this.#read.filter((each) => each !== session);
    session.$detached();
  }

  $received(frame: wire.ServerFrame): void {
    if (frame.type === "ack") {
      this.#sessions.some((each) => each.$acked(frame));
      for (const each of this.#early.splice(0)) this.#routed(each);
    } else if (frame.type === "error") {
      const taken = frame.ref && this.#sessions.some((each) => each.$refused(frame));
      if (!taken) this.$emit("error", frame as Problem);
    } else if ("seq" in frame) this.#routed(frame);
  }

  #routed(frame: SessionFrame): void {
    const id = frame.type === "snapshot" ? frame.session.id : frame.session_id;
    const own = this.#sessions.filter((each) => each.id === id);
    for (const each of own) each.$receive(frame);
    // the server tells of a new session before it acks the message that began it
    if (!own.length && this.#sessions.some((each) => !each.id)) this.#early.push(frame);
  }

  $changed(state: State, why: string): void {
    if (state === "open") {
      for (const each of this.#read) {
        if (!this.#greeted.includes(each)) this.$line.$send({ type: "attach", ...each.$point() });
      }
      for (const each of this.#sessions) each.$flush();
    } else {
      this.#early = [];
      for (const each of this.#sessions) each.$disconnected();
    }
    this.$emit("state", { state, why });
  }

  /** Something of a session is not as it was. */
  $told(session: Session): void {
    this.$emit("change", { session });
    const { unread } = this;
    if (unread !== this.#unread) this.$emit("unread", (this.#unread = unread));
  }
}
