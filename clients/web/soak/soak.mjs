// The client through a network that fails all the time: node soak/soak.mjs [minutes] [seed]

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import WebSocket from "ws";
import { soak } from "./talk.mjs";

const [minutes = 1, seed = Date.now() % 100_000] = process.argv.slice(2).map(Number);
const here = new URL("..", import.meta.url).pathname;
const out = mkdtempSync(join(tmpdir(), "ion-soak-"));
await build({ entryPoints: [`${here}src/index.ts`], outfile: `${out}/sdk.mjs`, bundle: true, format: "esm" });
const { IonClient, memory } = await import(pathToFileURL(`${out}/sdk.mjs`));
rmSync(out, { recursive: true, force: true });

/** A client, and the session it shows. */
class Device {
  openedAt = 0;
  #client;
  #url;
  #storage;

  constructor(url, storage) {
    this.#url = url;
    this.#storage = storage;
  }

  get state() {
    return this.#client.state;
  }

  begin(name) {
    this.#client = new IonClient({
      url: this.#url,
      storage: this.#storage,
      socket: (url, protocols) => new WebSocket(url, protocols),
    });
    this.#client.on("state", ({ state }) => {
      if (state === "open") this.openedAt = performance.now();
    });
    this.session = this.#client.session(name);
    this.#client.connect();
    return this;
  }

  say(text, policy) {
    return this.session.send(text, { policy });
  }

  look() {
    this.session.typing(true);
    this.session.read();
  }

  wake() {
    this.#client.wake();
  }

  restart() {
    const { id, key } = this.session;
    this.#client.close();
    this.begin(id ?? key);
  }

  close() {
    this.#client.close();
  }

  /** The same account, but not what the first device has not sent yet. */
  other(id) {
    return new Device(this.#url, { ...this.#storage, keys: () => [] }).begin(id);
  }

  rest(method, path) {
    return this.#client.rest(method, path);
  }

  async views() {
    while (await this.session.older(100));
    return [this.session.messages.filter(({ id }) => id)];
  }

  failures() {
    return this.session.messages.filter(({ role, status }) => role === "user" && status === "failed").length;
  }
}

await soak({ minutes, seed, first: (url) => new Device(url, memory()).begin() });
