// Every vector, played with the app's own storage: what a phone has on disk survives every fault.

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join, resolve } from "node:path";

import type { Policy, Session } from "@ion-mentoring/client";
import { IonClient } from "@ion-mentoring/client";
import WebSocket from "ws";

import { itemsOf } from "../../src/core/items";
import { SqlPairs } from "../../src/core/pairs";
import type { Disk } from "../sqlite";
import { newDisk } from "../sqlite";

const ROOT = resolve(__dirname, "../../../..");
const DIRECTORY = join(ROOT, "schemas/vectors");
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

let server: ChildProcess;
let base = "";

beforeAll(async () => {
  const own = join(ROOT, ".venv/bin/python");
  const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
  server = spawn(python, ["-m", "tests.vectors"], { cwd: ROOT });
  let errors = "";
  server.stderr?.on("data", (data) => (errors += data));
  base = await new Promise<string>((done, fail) => {
    server.stdout?.once("data", (data) => done(String(data).trim().split("\n")[0] ?? ""));
    server.once("exit", () => fail(new Error(errors)));
  });
}, 60_000);

afterAll(() => void server.stdin?.end());

const files = readdirSync(DIRECTORY).filter((each) => each.endsWith(".json")).sort();
const vectors = files.map((file) => JSON.parse(readFileSync(join(DIRECTORY, file), "utf8")) as Vector);

// they wait more than they work, so all of them play at once
const playing = new Map<string, Promise<void>>();
beforeAll(() => {
  for (const vector of vectors) {
    const played = play(vector);
    played.catch(() => {}); // told by its own test
    playing.set(vector.name, played);
  }
});

test.each(vectors.map(({ name, about }) => [name, about]))("%s: %s", async (name) => {
  await playing.get(name);
}, 60_000);

async function play(vector: Vector): Promise<void> {
  const url = `${base}/${vector.name}`;
  const player = new Player(url, await newDisk());
  try {
    for (const step of vector.client) await player.step(step);
    await player.until(vector.expect);
    expect(JSON.parse(await asked("GET", `${url}/result`))).toMatchObject({ ok: true, problem: "" });
    player.check(vector.expect);
  } finally {
    player.client.close();
  }
}

class Player {
  client: IonClient;
  #url: string;
  #disk: Disk;
  #session: Session;
  #events: string[] = [];
  #moved: () => void = () => {};

  constructor(url: string, disk: Disk) {
    this.#url = url;
    this.#disk = disk;
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
    else if (step.signal) await asked("POST", `${this.#url}/signal/${step.signal}`);
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
        this.#moved = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  }

  check({ events, ...wanted }: Expected): void {
    const { messages, unread } = this.#session;
    const all: Record<string, unknown> = { state: this.client.state, unread, messages };
    const seen = Object.fromEntries(Object.keys(wanted).map((name) => [name, all[name]]));
    expect(seen).toMatchObject(wanted);
    if (events) expect(this.#events.filter((each) => events.includes(each))).toEqual(events);
    this.#checkScreen();
  }

  /** A screen shows each message once, under its own key, with its text. */
  #checkScreen(): void {
    const items = itemsOf([], this.#session.messages, false).filter((item) => item.kind !== "day");
    expect(items.map(({ key }) => key)).toEqual(this.#session.messages.map(({ key }) => key));
    expect(items.map(({ text }) => text)).toEqual(this.#session.messages.map(({ text }) => text));
  }

  #shows(wanted: Expected): boolean {
    try {
      this.check(wanted);
      return true;
    } catch {
      return false;
    }
  }

  #begin(name?: string): [IonClient, Session] {
    let tokens = 1;
    const client = new IonClient({
      url: this.#url,
      token: ({ stale }) => `token-${stale ? (tokens += 1) : tokens}`,
      storage: new SqlPairs(this.#disk.sql),
      socket: (url, protocols) => new WebSocket(url, protocols) as never,
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
    this.#disk = this.#disk.again();
    [this.client, this.#session] = this.#begin(name);
    this.client.connect();
  }
}

function asked(method: string, url: string): Promise<string> {
  return new Promise((done, fail) => {
    const call = request(url, { method }, (response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("end", () => done(text));
    });
    call.on("error", fail);
    call.end();
  });
}
