// A phone that remembers what was asked of it, and a server that answers what it is told to.

import type { Fetch } from "../src/core/api";
import { SqlHistory } from "../src/core/sql_history";
import { SqlPairs } from "../src/core/pairs";
import type { Notifications, Permission, Phone } from "../src/core/phone";
import type { Disk } from "./sqlite";

export const SERVER = "https://mentor.test";

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

type Answer = object | number;

/** Answers by "METHOD /path" (without the query, after /api/v2.1); a number is a status. */
export class FakeServer {
  asked: Asked[] = [];
  up = true;
  answers: Record<string, Answer | ((asked: Asked, query: URLSearchParams) => Answer)> = {
    "POST /auth/anonymous": { user_id: "u_1", access_token: "a1", refresh_token: "r1", expires_in: 900 },
    "GET /personas": { personas: [LUA, ELRO] },
    "GET /memory/settings": { paused: false },
    "GET /checkins": { checkins: [] },
    "GET /sync": { sessions: [], deleted: [], next: "1", more: false, reset: false },
  };

  readonly fetch: Fetch = async (url, options) => {
    const { pathname, searchParams } = new URL(url);
    const method = options.method ?? "GET";
    const path = pathname.replace("/api/v2.1", "");
    const asked = { method, path, body: options.body ? JSON.parse(String(options.body)) : undefined };
    if (!this.up) throw new TypeError("Network request failed");
    this.asked.push(asked);
    const found = this.answers[`${method} ${path}`];
    const answer = typeof found === "function" ? found(asked, searchParams) : (found ?? 404);
    const status = typeof answer === "number" ? answer : 200;
    const text = typeof answer === "number" ? "" : JSON.stringify(answer);
    return { ok: status < 300, status, text: async () => text } as Response;
  };

  /** Return how often something was asked. */
  times(method: string, path: string): number {
    return this.asked.filter((each) => each.method === method && each.path === path).length;
  }
}

/** Return a promise that is kept once `open` is called. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((done) => (open = done));
  return { opened, open };
}

/** Wait until all that needs no answer has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

export const LUA = { id: "lua", name: "Lua", names: { en: "Lua" }, role: "Empathic, creative mentor", color: "#b5436b" };
export const ELRO = { id: "elro", name: "Elro", names: { en: "Elro" }, role: "Structure and technical architect", color: "#2b6a99" };

export class FakeNotifications implements Notifications {
  granted: Permission = "unasked";
  address: string | null = "token-1";
  shownBadge = 0;
  cleared: string[] = [];
  first: unknown = null;
  listeners = { token: new Set<(data: any) => void>(), opened: new Set<(data: any) => void>(), came: new Set<(data: any) => void>() };

  permission = async () => this.granted;
  ask = async () => (this.granted = "granted" as Permission);
  token = async () => this.address;
  onToken = (listener: (token: string) => void) => this.#listen("token", listener);
  opened = () => this.first;
  onOpened = (listener: (data: unknown) => void) => this.#listen("opened", listener);
  onCame = (listener: (data: unknown) => void) => this.#listen("came", listener);
  badge = (count: number) => void (this.shownBadge = count);
  clear = (sessionId: string) => void this.cleared.push(sessionId);

  #listen(name: "token" | "opened" | "came", listener: (data: any) => void): () => void {
    this.listeners[name].add(listener);
    return () => void this.listeners[name].delete(listener);
  }

  /** What the phone would tell everybody who listens. */
  tell(name: "token" | "opened" | "came", data: unknown): void {
    for (const listener of this.listeners[name]) listener(data);
  }
}

export interface FakePhone extends Phone {
  notifications: FakeNotifications;
  shared: string[];
  wake: () => void;
}

/** A socket that never opens: the phone is offline. */
class DeadSocket {
  onopen = null;
  onmessage = null;
  onclose: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;

  constructor() {
    queueMicrotask(() => this.onclose?.({ code: 1006 }));
  }

  send(): void {}
  close(): void {}
}

/** Return a phone whose app and shelf lie on one disk. */
export function fakePhone(disk: Disk, server: FakeServer, more: Partial<Phone> = {}): FakePhone {
  const wakes = new Set<() => void>();
  const secrets = new Map<string, string>();
  const shared: string[] = [];
  let ids = 0;
  return {
    platform: "android", version: "2.1.0", locale: "en-GB", languages: ["en-GB"], timezone: "Europe/London",
    server: SERVER,
    pairs: new SqlPairs(disk.sql),
    secrets: {
      get: async (key) => secrets.get(key) ?? null,
      set: async (key, value) => void secrets.set(key, value),
      remove: async (key) => void secrets.delete(key),
    },
    shelf: () => ({ pairs: new SqlPairs(disk.sql), history: new SqlHistory(disk.sql) }),
    fetch: server.fetch,
    socket: () => new DeadSocket(),
    now: () => Date.parse("2026-11-29T12:00:00Z"),
    newId: () => `id-${(ids += 1)}`,
    onWake: (listener) => {
      wakes.add(listener);
      return () => void wakes.delete(listener);
    },
    share: async (_, text) => void shared.push(text),
    ...more,
    notifications: new FakeNotifications(), shared,
    wake: () => wakes.forEach((listener) => listener()),
  };
}
