// One WebSocket that comes back. Sockets, timers and chance are handed in.
//
// status: "idle" | "connecting" | "open" (welcomed) | "waiting" (for the next try) | "refused"

import { backoffMs } from "./backoff.js";

const SUBPROTOCOL = "ion.v2.1.json";
const WELCOME_WITHIN_MS = 12_000;
const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 8_000;
const WAKE_PONG_WITHIN_MS = 3_000;
const STABLE_AFTER_MS = 5_000;
const DRAINED_PAUSE_MS = 500;
const UNAUTHENTICATED = 4401;
const FORBIDDEN = 4403;
const REPLACED = 4409;
const LEAST_PAUSE_MS = { 4400: 1_000, 4429: 10_000, 1013: 2_000 };

export class Connection {
  status = "idle";
  #options;
  #socket = null;
  #timers = new Map();
  #attempt = 0;
  #stale = false;
  #hidden = false;
  #generation = 0;

  /**
   * options: openSocket(subprotocol) -> WebSocket, token({stale}) -> Promise<string>,
   * hello() -> fields of the first frame, onFrame(frame), onStatus(status, why),
   * setTimeout, clearTimeout, random.
   */
  constructor(options) {
    this.#options = options;
  }

  /** Connect, and stay connected until `stop`. */
  start() {
    if (this.status === "idle") this.#connect();
  }

  /** Leave for good. */
  stop() {
    this.#drop();
    this.#become("idle");
  }

  /** Send a frame; false when there is no open connection to take it. */
  send(frame) {
    if (this.status !== "open") return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Something says that now is a good moment: the network or the person is back. */
  wake() {
    if (this.status === "waiting" || this.status === "refused") {
      this.#attempt = 0;
      this.#connect();
    } else if (this.status === "open") {
      this.#ping(WAKE_PONG_WITHIN_MS);
    }
  }

  /** Nobody looks at a hidden page, so it does not check whether the socket lives. */
  hide() {
    this.#hidden = true;
    this.#clear("ping");
  }

  /** The page is seen again. */
  show() {
    this.#hidden = false;
    this.wake();
  }

  /** The network is said to be gone; if that is true, notice soon. */
  doubt() {
    if (this.status === "open") this.#ping(WAKE_PONG_WITHIN_MS);
  }

  /** Something does not add up: begin a new socket. */
  reset() {
    if (this.status === "open") this.#lost(0, "reset");
  }

  async #connect() {
    const generation = this.#drop();
    this.#become("connecting");
    this.#after("welcome", WELCOME_WITHIN_MS, () => this.#lost(0, "slow"));
    let token;
    try {
      token = await this.#options.token({ stale: this.#stale });
    } catch (error) {
      if (generation === this.#generation) this.#lost(error.status === 429 ? 4429 : 0, "token");
      return;
    }
    if (generation !== this.#generation) return;
    this.#stale = false;
    const socket = this.#options.openSocket(SUBPROTOCOL);
    this.#socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: "hello", token, ...this.#options.hello() }));
    };
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code }) => this.#lost(code, "closed");
  }

  #received(data) {
    this.#clear("pong");
    const frame = parsed(data);
    if (!frame) return;
    if (frame.type === "welcome") this.#welcomed();
    if (frame.type === "drain") this.#drained(frame.reconnect_in_ms);
    this.#options.onFrame(frame);
  }

  #welcomed() {
    if (this.status === "open") return;
    this.#clear("welcome");
    this.#after("stable", STABLE_AFTER_MS, () => { this.#attempt = 0; });
    this.#become("open");
    this.#pingLater();
  }

  #drained(inMs) {
    const pause = inMs + backoffMs(this.#attempt, this.#options.random);
    this.#attempt += 1;
    this.#after("drain", pause, () => this.#connect());
  }

  #lost(code, why) {
    const leastMs = this.#timers.has("drain") ? DRAINED_PAUSE_MS : LEAST_PAUSE_MS[code] ?? 0;
    this.#drop();
    if (code === FORBIDDEN || code === REPLACED) {
      this.#become("refused", code === REPLACED ? "replaced" : "forbidden");
      return;
    }
    if (code === UNAUTHENTICATED) this.#stale = true;
    const pause = leastMs + backoffMs(this.#attempt, this.#options.random);
    this.#attempt += 1;
    this.#become("waiting", why);
    this.#after("retry", pause, () => this.#connect());
  }

  #pingLater() {
    if (!this.#hidden) this.#after("ping", PING_EVERY_MS, () => this.#ping(PONG_WITHIN_MS));
  }

  #ping(withinMs) {
    this.send({ type: "ping" });
    this.#after("pong", withinMs, () => this.#lost(0, "silent"));
    this.#pingLater();
  }

  /** Forget the socket without waiting: on a dead network its close would take minutes. */
  #drop() {
    for (const name of [...this.#timers.keys()]) this.#clear(name);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.#generation += 1;
    return this.#generation;
  }

  #become(status, why = "") {
    this.status = status;
    this.#options.onStatus(status, why);
  }

  #after(name, ms, act) {
    this.#clear(name);
    const timer = this.#options.setTimeout(() => {
      this.#timers.delete(name);
      act();
    }, ms);
    this.#timers.set(name, timer);
  }

  #clear(name) {
    if (this.#timers.has(name)) this.#options.clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}

function parsed(data) {
  try {
    const frame = JSON.parse(data);
    return frame !== null && typeof frame.type === "string" ? frame : null;
  } catch {
    return null;
  }
}
