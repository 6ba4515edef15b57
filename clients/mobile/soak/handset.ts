// The app's core on a phone that is a process: what it keeps outlives the app, and the network is real.

import type { Session, State } from "@ion-mentoring/client";
import { IonClient } from "@ion-mentoring/client";
import WebSocket from "ws";

import type { Chat } from "../src/core/chat";
import { Ion } from "../src/core/ion";
import { SqlHistory } from "../src/core/sql_history";
import { SqlPairs } from "../src/core/pairs";
import type { FakePhone } from "../test/phone";
import { fakePhone, FakeServer } from "../test/phone";
import type { Disk } from "../test/sqlite";
import { newDisk } from "../test/sqlite";

interface Line {
  role: string;
  text: string;
}

const socket = (url: string, protocols: string[]) => new WebSocket(url, protocols) as never;

/** A phone with the app on it. */
export class Handset {
  openedAt = 0;
  #url: string;
  #disk: Disk;
  #phone: FakePhone;
  #keychain = new Map<string, string>();
  #ion: Ion;
  #chat: Chat;

  constructor(url: string, disk: Disk) {
    this.#url = url;
    this.#disk = disk;
    this.#phone = this.#newPhone();
    [this.#ion, this.#chat] = this.#begin(null);
  }

  static async begin(url: string): Promise<Handset> {
    return new Handset(url, await newDisk());
  }

  get state(): State {
    return this.#ion.house.state;
  }

  get session(): Session {
    return this.#chat.session;
  }

  say(text: string): void {
    this.#chat.send(text);
  }

  look(): void {
    this.#chat.typing("…");
    this.#chat.seen();
  }

  wake(): void {
    this.#phone.wake();
  }

  /** The system ends the app, and the person opens it again. */
  restart(): void {
    const { key } = this.#chat;
    this.close();
    this.#disk = this.#disk.again();
    this.#phone = this.#newPhone();
    [this.#ion, this.#chat] = this.#begin(key);
  }

  close(): void {
    this.#chat.end();
    this.#ion.stop();
  }

  /** A browser of the same person. */
  other(id: string): Browser {
    return new Browser(this.#url, id, (why) => this.#ion.house.account.token(why));
  }

  async rest(method: string, path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${await this.#ion.house.account.token()}` };
    return (await fetch(`${this.#url}/api/v2.1${path}`, { method, headers })).json();
  }

  /** What the screen shows, and what an app shows that is opened on this phone's disk without a network. */
  async views(): Promise<Line[][]> {
    await this.#ion.house.refresh();
    const offline = new Ion(this.#newPhone(this.#disk.again(), "http://127.0.0.1:9"));
    return [linesOf(this.#chat), linesOf(offline.house.chat(this.#chat.key))];
  }

  failures(): number {
    return this.#chat.items.filter((item) => item.kind === "said" && item.status === "failed").length;
  }

  #begin(key: string | null): [Ion, Chat] {
    const ion = new Ion(this.#phone);
    const { house } = ion;
    let was: State = "idle";
    house.subscribe(() => {
      if (house.state === "open" && was !== "open") this.openedAt = performance.now();
      was = house.state;
    });
    ion.start();
    return [ion, house.chat(key)];
  }

  #newPhone({ sql } = this.#disk, server = this.#url): FakePhone {
    const { fetch } = globalThis;
    const shelf = () => ({ pairs: new SqlPairs(sql), history: new SqlHistory(sql) });
    const secrets = {
      get: async (key: string) => this.#keychain.get(key) ?? null,
      set: async (key: string, value: string) => void this.#keychain.set(key, value),
      remove: async (key: string) => void this.#keychain.delete(key),
    };
    return fakePhone(this.#disk, new FakeServer(), { server, secrets, shelf, fetch, socket, now: Date.now });
  }
}

/** The SDK as it is, watching the session of somebody with the app. */
class Browser {
  openedAt = 0;
  session: Session;
  #client: IonClient;

  constructor(url: string, id: string, token: (why: { stale: boolean }) => Promise<string>) {
    this.#client = new IonClient({ url, token, socket });
    this.#client.on("state", ({ state }) => {
      if (state === "open") this.openedAt = performance.now();
    });
    this.session = this.#client.session(id);
    this.#client.connect();
  }

  get state(): State {
    return this.#client.state;
  }

  wake(): void {
    this.#client.wake();
  }

  close(): void {
    this.#client.close();
  }

  async views(): Promise<Line[][]> {
    while (await this.session.older(100));
    return [this.session.messages.filter(({ id }) => id !== null).map(({ role, text }) => ({ role, text }))];
  }

  failures(): number {
    return 0;
  }
}

function linesOf(chat: Chat): Line[] {
  return chat.items.flatMap((item) => {
    if (item.kind === "day" || item.id === null) return [];
    return [{ role: item.kind === "said" ? "user" : "assistant", text: item.text }];
  });
}
