// One WebSocket that comes back. Sockets, tokens and chance are handed in.

import { pause } from "./backoff";
import type { IonClient } from "./client";
import type { ServerFrame } from "./generated/frames";
import type { Options, SocketLike, State } from "./types";

const SUBPROTOCOL = "ion.v2.1.json";
const WELCOME_WITHIN_MS = 12_000;
const QUIET_MS = 20_000;
const QUIET_BUSY_MS = 5_000;
const PONG_WITHIN_MS = 5_000;
const LATE_MS = 1_000;
const MOST_TRIP_MS = 2_000;
/** TCP, TLS, the upgrade, hello. */
const TRIPS_TO_OPEN = 4;
const STABLE_AFTER_MS = 3_000;
/** After these only the user, or whoever wakes the client, may try again. */
const DENIED: Record<number, string> = { 4403: "forbidden", 4409: "replaced", 4410: "gone" };
/** After other refusals the server wants distance. */
const REFUSED = 4400;
const UNAUTHENTICATED = 4401;
const AWAY_MS = 5_000;

export class Connection {
  $state: State = "idle";
  #client: IonClient;
  #options: Options;
  #timers = new Map<string, any>();
  #socket: SocketLike | null = null;
  #generation = 0;
  #tries = 0;
  #leastMs = 0;
  #stale = false;
  #renewed = false;
  #returnAt = 0;
  #asked = 0;
  /** Until one is measured it is taken for a slow one. */
  #tripMs = 500;
  /** Whether the network was told of before this try began, or since. */
  #knew = false;
  #told = false;

  constructor(client: IonClient, options: Options) {
    this.#client = client;
    this.#options = options;
  }

  /** Connect, and stay connected until `$stop`. */
  $start(): void {
    if (this.$state === "idle") void this.#connect();
  }

  /** Leave for good. */
  $stop(): void {
    this.#become("idle", "closed");
  }

  /** Send a frame; false when there is no connection to take it. */
  $send(frame: object): boolean {
    if (this.$state !== "open") return false;
    this.#socket!.send(JSON.stringify(frame));
    return true;
  }

  /** Something says that now is a good moment: the network or the user is back. */
  $wake(): void {
    this.#tries = 0;
    this.#told = true;
    // what a round trip takes on this network says how soon an answer is late
    const withinMs = LATE_MS + this.#tripMs;
    if (this.$state === "open") this.$probe(withinMs);
    else if (this.$state === "connecting") this.#knew || this.#goOn(withinMs);
    else if (this.$state !== "idle") void this.#connect();
  }

  /** Have the other side give a sign of life, or begin a new socket. */
  $probe(withinMs?: number): void {
    if (!withinMs && this.#timers.has("pong")) return;
    this.#asked = Date.now();
    this.$send({ type: "ping" });
    this.#after("pong", withinMs ?? PONG_WITHIN_MS, () => this.#lost(0, "silent"));
  }

  async #connect(): Promise<void> {
    const generation = this.#generation + 1;
    if (!(this.#options.socket ?? globalThis.WebSocket)) return this.#become("denied", "no_websocket");
    this.#knew = this.#told;
    this.#told = false;
    // what hangs although the network is there is begun anew soon, once: it may be a slow one
    this.#become("connecting", "", this.#knew ? LATE_MS + TRIPS_TO_OPEN * this.#tripMs : WELCOME_WITHIN_MS);
    try {
      const token = await this.#client.$token(this.#stale);
      if (generation !== this.#generation) return;
      this.#renewed = this.#stale;
      this.#stale = false;
      const socket = (this.#socket = this.#client.$open([SUBPROTOCOL]));
      socket.onopen = () => {
        this.#asked = Date.now();
        socket.send(JSON.stringify({ type: "hello", token, ...this.#client.$hello() }));
      };
      socket.onmessage = ({ data }) => this.#received(data);
      socket.onclose = ({ code }) => this.#lost(code, "closed");
      // what went wrong is told by the close that follows
      socket.onerror = () => {};
    } catch (error: any) {
      if (generation !== this.#generation) return;
      if (error?.retryable === false) this.#become("denied", error.code);
      else this.#lost(error?.status === 429 ? REFUSED : 0, "unreachable");
    }
  }

  #received(data: string): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    // whatever comes is a sign of life
    this.#told = false;
    this.#clear("pong");
    this.#after("quiet", this.#client.$busy ? QUIET_BUSY_MS : QUIET_MS, () => this.$probe());
    const generation = this.#generation;
    this.#client.$received(frame);
    if (generation !== this.#generation) return;
    // an answer that was stuck on the way says little of the next
    if (frame.type === "welcome" || frame.type === "pong") {
      this.#tripMs = Math.min(Date.now() - this.#asked, this.#tripMs * 2 + 50, MOST_TRIP_MS);
    }
    if (frame.type === "welcome") {
      this.#clear("next");
      this.#renewed = false;
      this.#after("stable", STABLE_AFTER_MS, () => (this.#tries = 0));
      this.$state = "open";
      this.#client.$changed("open", "");
    } else if (frame.type === "drain") {
      const ms = frame.reconnect_in_ms + this.#pause();
      this.#returnAt = Date.now() + ms;
      this.#after("drain", ms, () => this.#connect());
    } else if (frame.type === "error" && !frame.ref) this.#leastMs = frame.retry_after_ms ?? 0;
  }

  #lost(code: number, why: string): void {
    const leftMs = this.#returnAt - Date.now();
    const away = code >= REFUSED && code !== UNAUTHENTICATED;
    const leastMs = this.#leastMs || (away ? AWAY_MS : 0);
    if (code === UNAUTHENTICATED) this.#stale = true;
    const denied = DENIED[code] ?? (this.#stale && this.#renewed && "unauthenticated");
    if (denied) return this.#become("denied", denied);
    this.#become("waiting", why, leftMs > 0 ? leftMs : leastMs + this.#pause());
  }

  #pause(): number {
    return pause(this.#tries++, this.#options);
  }

  /** What waits for the next try makes it, what connects is given up. */
  #goOn(ms: number): void {
    this.#after("next", ms, () => (this.$state === "waiting" ? this.#connect() : this.#lost(0, "slow")));
  }

  /** Forget the socket without waiting: on a dead network its close would take minutes. */
  #become(state: State, why: string, ms?: number): void {
    for (const name of this.#timers.keys()) this.#clear(name);
    const socket = this.#socket;
    this.#socket = null;
    this.#leastMs = this.#returnAt = 0;
    this.#generation += 1;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.$state = state;
    if (ms! >= 0) this.#goOn(ms!);
    this.#client.$changed(state, why);
  }

  #after(name: string, ms: number, act: () => void): void {
    this.#clear(name);
    this.#timers.set(name, setTimeout(() => {
      this.#timers.delete(name);
      act();
    }, ms));
  }

  #clear(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
