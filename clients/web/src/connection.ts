// One WebSocket that comes back. Sockets, time and chance are handed in.

import { pause } from "./backoff";
import type { ClientFrame, ServerFrame } from "./generated/frames";
import type { Options, SocketLike, State, Timers } from "./types";

const SUBPROTOCOL = "ion.v2.1.json";
const WELCOME_WITHIN_MS = 12_000;
const QUIET_MS = 20_000;
const QUIET_BUSY_MS = 5_000;
const PONG_WITHIN_MS = 5_000;
const WAKE_WITHIN_MS = 3_000;
const STABLE_AFTER_MS = 3_000;
/** After these only the user, or whoever wakes the client, may try again. */
const DENIED: Record<number, string> = { 4403: "forbidden", 4409: "replaced", 4410: "gone" };
const LEAST_MS: Record<number, number> = { 1009: 5_000, 1013: 2_000, 4400: 5_000, 4429: 10_000 };
const UNAUTHENTICATED = 4401;

/** What a connection needs of the client. */
export interface Host {
  open(subprotocols: string[]): SocketLike;
  token(stale: boolean): Promise<string>;
  /** Return the first frame without its token. */
  hello(): object;
  received(frame: ServerFrame): void;
  /** Somebody waits for an answer, so that silence is looked into sooner. */
  busy(): boolean;
  changed(state: State, why: string): void;
}

export class Connection {
  state: State = "idle";
  #host: Host;
  #options: Options;
  #timers: Timers;
  #now: () => number;
  #running = new Map<string, unknown>();
  #socket: SocketLike | null = null;
  #generation = 0;
  #tries = 0;
  #leastMs = 0;
  #stale = false;
  #renewed = false;
  #returnAt = 0;
  #asked = 0;
  #tripMs = 0;

  constructor(host: Host, options: Options, timers: Timers, now: () => number) {
    this.#host = host;
    this.#options = options;
    this.#timers = timers;
    this.#now = now;
  }

  /** Connect, and stay connected until `stop`. */
  start(): void {
    if (this.state === "idle") void this.#connect();
  }

  /** Leave for good. */
  stop(): void {
    this.#drop();
    this.#become("idle", "closed");
  }

  /** Send a frame; false when there is no connection to take it. */
  send(frame: ClientFrame): boolean {
    if (this.state !== "open") return false;
    this.#socket!.send(JSON.stringify(frame));
    return true;
  }

  /** Something says that now is a good moment: the network or the user is back. */
  wake(): void {
    // what a round trip takes on this network says how soon an answer is late
    const trip = this.#tripMs;
    const withinMs = trip ? Math.min(WAKE_WITHIN_MS, 1_000 + 4 * trip) : WAKE_WITHIN_MS;
    if (this.state === "open") this.probe(withinMs);
    else if (this.state === "connecting") this.#expectWelcome(withinMs);
    else if (this.state !== "idle") {
      this.#tries = 0;
      void this.#connect();
    }
  }

  /** Have the other side give a sign of life, or begin a new socket. */
  probe(withinMs = PONG_WITHIN_MS): void {
    this.#asked = this.#now();
    this.send({ type: "ping" });
    this.#after("pong", withinMs, () => this.#lost(0, "silent"));
  }

  /** Something does not add up: begin a new socket. */
  reset(): void {
    if (this.state === "open") this.#lost(0, "reset");
  }

  async #connect(): Promise<void> {
    const generation = this.#drop();
    this.#become("connecting", "");
    this.#expectWelcome(WELCOME_WITHIN_MS);
    try {
      const token = await this.#host.token(this.#stale);
      if (generation !== this.#generation) return;
      this.#renewed = this.#stale;
      this.#stale = false;
      this.#use(this.#host.open([SUBPROTOCOL]), token);
    } catch (error: any) {
      if (generation !== this.#generation) return;
      if (error?.retryable === false) this.#deny(error.code);
      else this.#lost(error?.status === 429 ? 4429 : 0, "unreachable");
    }
  }

  #use(socket: SocketLike, token: string): void {
    this.#socket = socket;
    socket.onopen = () => {
      this.#asked = this.#now();
      socket.send(JSON.stringify({ type: "hello", token, ...this.#host.hello() }));
    };
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code }) => this.#lost(code, "closed");
    // what went wrong is told by the close that follows
    socket.onerror = () => {};
  }

  #received(data: unknown): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(data as string);
    } catch {
      return;
    }
    this.#listen();
    const generation = this.#generation;
    this.#host.received(frame);
    if (generation !== this.#generation) return;
    if (frame.type === "welcome") this.#welcomed();
    else if (frame.type === "pong") this.#tripMs = this.#now() - this.#asked;
    else if (frame.type === "drain") this.#drained(frame.reconnect_in_ms);
    else if (frame.type === "error" && !frame.ref) this.#leastMs = frame.retry_after_ms ?? 0;
  }

  #welcomed(): void {
    this.#clear("welcome");
    this.#tripMs = this.#now() - this.#asked;
    this.#renewed = false;
    this.#after("stable", STABLE_AFTER_MS, () => (this.#tries = 0));
    this.#become("open", "");
  }

  /** Whatever comes is a sign of life. */
  #listen(): void {
    this.#clear("pong");
    this.#after("quiet", this.#host.busy() ? QUIET_BUSY_MS : QUIET_MS, () => this.probe());
  }

  #drained(inMs: number): void {
    const ms = inMs + this.#pause();
    this.#returnAt = this.#now() + ms;
    this.#after("drain", ms, () => void this.#connect());
  }

  #lost(code: number, why: string): void {
    const leftMs = this.#returnAt - this.#now();
    const leastMs = Math.max(this.#leastMs, LEAST_MS[code] ?? 0);
    this.#drop();
    if (code === UNAUTHENTICATED) this.#stale = true;
    if (DENIED[code]) this.#deny(DENIED[code]);
    else if (this.#stale && this.#renewed) this.#deny("unauthenticated");
    else {
      this.#become("waiting", why);
      this.#after("retry", leftMs > 0 ? leftMs : leastMs + this.#pause(), () => void this.#connect());
    }
  }

  #deny(why: string): void {
    this.#drop();
    this.#become("denied", why);
  }

  #pause(): number {
    const { random = Math.random, backoff: { first_ms, most_ms } = {} } = this.#options;
    return pause(this.#tries++, random, first_ms, most_ms);
  }

  #expectWelcome(withinMs: number): void {
    this.#after("welcome", withinMs, () => this.#lost(0, "slow"));
  }

  /** Forget the socket without waiting: on a dead network its close would take minutes. */
  #drop(): number {
    for (const name of this.#running.keys()) this.#clear(name);
    const socket = this.#socket;
    this.#socket = null;
    this.#leastMs = this.#returnAt = 0;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    return (this.#generation += 1);
  }

  #become(state: State, why: string): void {
    this.state = state;
    this.#host.changed(state, why);
  }

  #after(name: string, ms: number, act: () => void): void {
    this.#clear(name);
    this.#running.set(name, this.#timers.setTimeout(() => {
      this.#running.delete(name);
      act();
    }, ms));
  }

  #clear(name: string): void {
    this.#timers.clearTimeout(this.#running.get(name));
    this.#running.delete(name);
  }
}
