// A TCP proxy on loopback that breaks connections the way networks do.

import { connect, createServer } from "node:net";

export class FaultProxy {
  port = 0;
  connections = 0;
  #target;
  #server = null;
  #links = new Set();
  #refusing = false;
  #stalled = false;
  #delayMs = 0;
  #budget = null;

  /** `target` is a port of this machine. */
  constructor(target) {
    this.#target = target;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Begin to accept. */
  start() {
    this.#server = createServer((socket) => this.#serve(socket));
    return new Promise((done) => {
      this.#server.listen(0, "127.0.0.1", () => {
        this.port = this.#server.address().port;
        done(this);
      });
    });
  }

  /** End all. */
  stop() {
    this.cut();
    return new Promise((done) => this.#server.close(done));
  }

  /** Reset all connections; bytes under way are lost. */
  cut() {
    for (const link of [...this.#links]) link.end();
  }

  /** Let so many more bytes reach the client, then cut. */
  cutAfter(bytes) {
    this.#budget = bytes;
  }

  /** Reset new connections at once. */
  refuse(on) {
    this.#refusing = on;
  }

  /** Accept, and hold all bytes, both ways, without a sign; then let them go on. */
  stall(on) {
    this.#stalled = on;
    if (!on) for (const link of this.#links) link.flow();
  }

  /** The connections that are open now never carry a byte again, and nobody says so. */
  halfOpen() {
    for (const link of this.#links) link.dead = true;
  }

  /** Let bytes take so long, in order. */
  delay(ms) {
    this.#delayMs = ms;
  }

  #serve(client) {
    this.connections += 1;
    if (this.#refusing) {
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target, "127.0.0.1");
    const link = new Link(client, server, () => this.#links.delete(link));
    this.#links.add(link);
    for (const [from, to] of [[client, server], [server, client]]) {
      const pipe = link.pipe(to, () => this.#stalled || link.dead);
      from.on("data", (data) => {
        if (from === server && this.#spent(data.length)) return this.cut();
        pipe.put(data, this.#delayMs);
      });
      from.on("end", () => pipe.put(null, this.#delayMs));
      from.on("error", () => {});
      from.on("close", () => !link.dead && link.end());
    }
  }

  #spent(bytes) {
    if (this.#budget === null) return false;
    this.#budget -= bytes;
    if (this.#budget > 0) return false;
    this.#budget = null;
    return true;
  }
}

class Link {
  dead = false;
  #ends;
  #pipes = [];
  #gone;

  constructor(client, server, gone) {
    this.#ends = [client, server];
    this.#gone = gone;
  }

  pipe(to, held) {
    const pipe = new Pipe(to, held);
    this.#pipes.push(pipe);
    return pipe;
  }

  flow() {
    for (const pipe of this.#pipes) pipe.flow();
  }

  end() {
    this.#gone();
    for (const pipe of this.#pipes) pipe.stop();
    for (const socket of this.#ends) if (!socket.destroyed) socket.resetAndDestroy();
  }
}

/** One direction: bytes leave in order, each when its time has come and nothing holds it. */
class Pipe {
  #to;
  #held;
  #waiting = [];
  #timer = null;

  constructor(to, held) {
    this.#to = to;
    this.#held = held;
  }

  put(data, ms) {
    this.#waiting.push({ data, due: performance.now() + ms });
    this.flow();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  flow() {
    clearTimeout(this.#timer);
    while (this.#waiting.length && !this.#held()) {
      const [{ data, due }] = this.#waiting;
      const ms = due - performance.now();
      if (ms > 0) {
        this.#timer = setTimeout(() => this.flow(), ms);
        return;
      }
      this.#waiting.shift();
      if (data) this.#to.write(data);
      else this.#to.end();
    }
  }
}
