import assert from "node:assert/strict";
import { test } from "node:test";

import { Api, ApiError, request } from "../../app/console/core/api.js";
import { Auth } from "../../app/console/core/auth.js";
import { jsonStorage } from "../../app/console/core/storage.js";
import { FakeStorage, settle } from "./helpers.mjs";

/** A server that rotates refresh tokens as the real one does, and calls it fails on purpose. */
class FakeServer {
  users = 0;
  calls = [];
  failing = [];
  alive = new Map();
  refused = new Set();

  fetch = async (url, { method = "GET", headers = {}, body } = {}) => {
    this.calls.push(`${method} ${url}`);
    const failure = this.failing.shift();
    if (failure === "network") throw new TypeError("network");
    if (failure) return answer(failure, { code: "overloaded", retryable: true });
    if (url.endsWith("/auth/anonymous")) return answer(201, this.#pair(`u${++this.users}`));
    if (url.endsWith("/auth/refresh")) return this.#refresh(JSON.parse(body).refresh_token);
    const token = headers.authorization?.slice(7);
    if (this.refused.has(token)) return answer(401, { code: "unauthenticated" });
    return answer(200, { token, body: body ? JSON.parse(body) : null });
  };

  #pair(user) {
    const n = this.calls.length;
    this.alive.set(`refresh${n}`, user);
    return { user_id: user, access_token: `${user}-access${n}`, refresh_token: `refresh${n}`, expires_in: 900 };
  }

  #refresh(token) {
    const user = this.alive.get(token);
    if (!user) return answer(401, { code: "unauthenticated" });
    this.alive.delete(token);
    return answer(200, this.#pair(user));
  }
}

function answer(status, body) {
  return { ok: status < 300, status, text: async () => (body === null ? "" : JSON.stringify(body)) };
}

function locks() {
  let last = Promise.resolve();
  return { request: (_, work) => (last = last.then(work, work)) };
}

function setUp() {
  const time = { now: 0 };
  const server = new FakeServer();
  const storage = jsonStorage(new FakeStorage());
  const shared = locks();
  const tab = () => new Auth({ storage, fetch: server.fetch, locks: shared, now: () => time.now });
  return { time, server, storage, tab };
}

test("the first call makes a user, later ones and other tabs stay that user", async () => {
  const { server, tab } = setUp();
  const tabs = [tab(), tab()];
  const tokens = await Promise.all(tabs.map((each) => each.token()));
  assert.deepEqual([new Set(tokens).size, server.users], [1, 1]);
});

test("a token is renewed a minute before its end, by one tab for all, and nobody waits for it", async () => {
  const { time, server, tab } = setUp();
  const tabs = [tab(), tab(), tab()];
  await tabs[0].token();
  assert.equal(tabs[0].renewInMs(), 840_000);
  time.now = 840_001;
  const [old] = await Promise.all(tabs.map((each) => each.token()));
  await settle();
  const tokens = await Promise.all(tabs.map((each) => each.token()));
  assert.deepEqual([new Set(tokens).size, tokens.includes(old)], [1, false]);
  assert.equal(server.calls.filter((call) => call.endsWith("refresh")).length, 1);
  time.now += 896_000;
  assert.notEqual(await tabs[0].token(), tokens[0]);
});

test("a renewal that hangs is begun anew after three seconds, once, and then has its time", async (t) => {
  const { time, server, tab } = setUp();
  const auth = tab();
  await auth.token();
  time.now = 1_000_000;
  const given = [];
  t.mock.method(AbortSignal, "timeout", (ms) => (given.push(ms), new AbortController().signal));
  server.failing = ["network"];
  assert.match(await auth.token(), /^u1/);
  time.now = 2_000_000;
  server.failing = ["network", "network"];
  await assert.rejects(auth.token(), ApiError);
  assert.deepEqual(given, [3_000, 15_000, 3_000, 15_000]);
});

test("where making an account hangs nobody makes a second meanwhile", async (t) => {
  const { server, tab } = setUp();
  const given = [];
  t.mock.method(AbortSignal, "timeout", (ms) => (given.push(ms), new AbortController().signal));
  server.failing = ["network"];
  await assert.rejects(tab().token(), ApiError);
  assert.deepEqual([given, server.calls.length], [[15_000], 1]);
});

test("a refused token is renewed once, though two tabs were refused", async () => {
  const { server, tab } = setUp();
  const tabs = [tab(), tab()];
  for (const each of tabs) await each.token();
  const tokens = await Promise.all(tabs.map((each) => each.token({ stale: true })));
  assert.equal(new Set(tokens).size, 1);
  assert.equal(server.calls.filter((call) => call.endsWith("refresh")).length, 1);
});

test("a dead refresh token makes another user, and that is told", async () => {
  const { server, tab } = setUp();
  const auth = tab();
  let told = 0;
  auth.onNewUser = () => { told += 1; };
  await auth.token();
  server.alive.clear();
  assert.match(await auth.token({ stale: true }), /^u2/);
  assert.equal(told, 1);
});

test("an unreachable or busy server costs nobody their user", async () => {
  const { server, tab } = setUp();
  const auth = tab();
  await auth.token();
  for (const failing of [["network", "network"], [503], [429]]) {
    server.failing = failing;
    await assert.rejects(auth.token({ stale: true }), ApiError);
  }
  assert.match(await auth.token({ stale: true }), /^u1/);
});

test("without locks, as on plain HTTP, tokens are renewed all the same", async () => {
  const { server, storage } = setUp();
  const auth = new Auth({ storage, fetch: server.fetch, locks: undefined, now: () => 0 });
  assert.equal(auth.renewInMs(), 0);
  assert.match(await auth.token(), /^u1/);
});

test("a call that is refused is made again with a new token, once", async () => {
  const { server, tab } = setUp();
  const auth = tab();
  const api = new Api({ fetch: server.fetch, auth });
  const first = await auth.token();
  server.refused.add(first);
  const { token } = await api.sessions();
  assert.notEqual(token, first);
  server.refused.add(token);
  server.alive.clear();
  const other = await api.sessions();
  assert.match(other.token, /^u2/);
});

test("calls go where the contract says", async () => {
  const { server, tab } = setUp();
  const api = new Api({ fetch: server.fetch, auth: tab() });
  await api.personas("ko");
  await api.sessions({ before: "2026-01-01T00:00:00+00:00", limit: 5 });
  const changed = await api.updateSession("s/1", { persona: null });
  await api.deleteSession("s_1");
  await api.messages("s_1", { before: "7" });
  assert.deepEqual(changed.body, { persona: null });
  const base = "/api/v2.1";
  assert.deepEqual(server.calls.filter((call) => !call.includes("auth")), [
    `GET ${base}/personas`, `GET ${base}/sessions?limit=5&before=2026-01-01T00%3A00%3A00%2B00%3A00`,
    `PATCH ${base}/sessions/s%2F1`, `DELETE ${base}/sessions/s_1`,
    `GET ${base}/sessions/s_1/messages?limit=50&before=7`,
  ]);
});

test("failures say what they are", async () => {
  const html = async () => ({ ok: false, status: 502, text: async () => "<html>" });
  await assert.rejects(request(html, "/x"), { status: 502, code: "internal", retryable: true });
  const empty = async () => ({ ok: true, status: 204, text: async () => "" });
  assert.equal(await request(empty, "/x"), null);
  const portal = async () => ({ ok: true, status: 200, text: async () => "<html>Sign in to this network" });
  await assert.rejects(request(portal, "/x", { method: "DELETE" }), { status: 0, code: "unreachable", retryable: true });
  const { server, tab } = setUp();
  server.failing = [null, 403];
  const api = new Api({ fetch: server.fetch, auth: tab() });
  await assert.rejects(api.sessions(), { status: 403, code: "overloaded" });
});
