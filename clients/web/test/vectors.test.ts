// Every vector, played against the scripted server: the behaviour that all clients share.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import type { IonClient, Policy, Session } from "../src/index";
import { python, root } from "../soak/product.mjs";

// what is published behaves as what was written
const sdk: typeof import("../src/index") = await import(process.env.SDK ?? "../src/index");
const directory = join(root, "schemas/vectors");
const PATIENCE_MS = 10_000;

interface Expected {
  state?: string;
  unread?: number;
  messages?: Record<string, unknown>[];
  events?: string[];
}
type Step = Record<string, any>;
interface Vector {
  name: string;
  about: string;
  client: Step[];
  expect: Expected;
}

let server: ReturnType<typeof python>;
let base = "";

beforeAll(async () => {
  server = python(["-m", "tests.vectors"]);
  let errors = "";
  server.stderr!.on("data", (data) => { errors += data; });
  base = await new Promise<string>((done, fail) => {
    server.stdout!.once("data", (data) => done(String(data).trim().split("\n")[0]!));
    server.once("exit", () => fail(new Error(errors)));
  });
});
afterAll(() => server?.stdin!.end());

for (const file of readdirSync(directory).filter((each) => each.endsWith(".json")).sort()) {
  const vector: Vector = JSON.parse(readFileSync(join(directory, file), "utf8"));
  test.concurrent(`${vector.name}: ${vector.about}`, () => play(vector));
}

async function play(vector: Vector): Promise<void> {
  const url = `${base}/${vector.name}`;
  const player = new Player(url);
  try {
    for (const step of vector.client) await player.step(step);
    await player.until(vector.expect);
    expect(await result(url)).toMatchObject({ ok: true, problem: "" });
    player.check(vector.expect);
  } catch (error: any) {
    error.message += `\nThe server: ${(await result(url)).problem}`;
    throw error;
  } finally {
    player.client.close();
  }
}

async function result(url: string): Promise<any> {
  return (await fetch(`${url}/result`)).json();
}

class Player {
  client: IonClient;
  #storage = sdk.memory();
  #session: Session;
  #events: string[] = [];
  #moved: () => void = () => {};

  constructor(private readonly url: string) {
    [this.client, this.#session] = this.#begin();
  }

  async step(step: Step): Promise<void> {
    if (step.connect) this.client.connect();
    else if (step.close) this.client.close();
    else if (step.wake) this.client.wake();
    else if (step.send !== undefined) this.#session.send(step.send, { policy: step.policy as Policy });
    else if (step.stop) this.#session.stop();
    else if (step.regenerate) this.#session.regenerate();
    else if (step.retry) this.#session.retry(this.#failed());
    else if (step.discard) this.#session.discard(this.#failed());
    else if (step.read) this.#session.read();
    else if (step.open) this.#session = this.#open(step.open);
    else if (step.restart) this.#restart();
    else if (step.await) await this.until(step.await);
    else if (step.signal) await fetch(`${this.url}/signal/${step.signal}`, { method: "POST" });
    else throw new Error(`no such step: ${JSON.stringify(step)}`);
  }

  /** The last message that was refused. */
  #failed(): string {
    return this.#session.messages.filter(({ role, status }) => role === "user" && status === "failed").at(-1)!.key;
  }

  /** Wait until the client shows this. */
  async until(wanted: Expected): Promise<void> {
    const last = Date.now() + PATIENCE_MS;
    while (!this.#shows(wanted)) {
      const left = last - Date.now();
      if (left <= 0) return this.check(wanted);
      await new Promise<void>((done) => {
        const timer = setTimeout(done, left);
        this.#moved = () => (clearTimeout(timer), done());
      });
    }
  }

  check({ events, ...wanted }: Expected): void {
    expect(this.#seen(wanted)).toMatchObject(wanted);
    if (events) expect(this.#events.filter((each) => events.includes(each))).toEqual(events);
  }

  #shows(wanted: Expected): boolean {
    try {
      this.check(wanted);
      return true;
    } catch {
      return false;
    }
  }

  #seen(wanted: Expected): Expected {
    const { messages, unread } = this.#session;
    const all = { state: this.client.state, unread, messages: messages as any };
    return Object.fromEntries(Object.keys(wanted).map((name) => [name, (all as any)[name]]));
  }

  #begin(name?: string): [IonClient, Session] {
    let tokens = 1;
    const client = new sdk.IonClient({
      url: this.url,
      token: ({ stale }) => `token-${stale ? ++tokens : tokens}`,
      storage: this.#storage,
      socket: (url, protocols) => new WebSocket(url, protocols) as any,
    });
    client.on("state", ({ state }) => {
      this.#events.push(state);
      this.#moved();
    });
    this.client = client;
    return [client, this.#open(name)];
  }

  #open(name?: string): Session {
    const session = this.client.session(name);
    session.on("change", () => this.#moved());
    return session;
  }

  #restart(): void {
    const name = this.#session.id ?? this.#session.key;
    this.client.close();
    [this.client, this.#session] = this.#begin(name);
    this.client.connect();
  }
}
