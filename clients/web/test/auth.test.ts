import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Options, memory } from "../src/index";
import { answer, fakeClient } from "./fake";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const soon = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** A server that gives tokens and knows which one is good. */
function accounts() {
  const posts: { path: string; body: any }[] = [];
  let made = 0;
  let hanging: number[] | null = null;
  const issue = (user_id: string) => {
    made += 1;
    return answer({ user_id, access_token: `a${made}`, refresh_token: `r${made}`, expires_in: 900 });
  };
  const server = {
    posts,
    refresh: (token: string): Response => issue(token && "u_1"),
    /** Answer nothing about tokens from now on; returns after how many ms each caller had enough. */
    hang: () => (hanging = [] as number[]),
    go: () => { hanging = null; },
    fetch: (async (url: string, { body, headers, signal }: any) => {
      const path = url.replace("https://ion.test/api/v2.1", "");
      if (!path.startsWith("/auth")) {
        const good = headers.authorization === `Bearer a${made}`;
        return good ? answer({ personas: [] }) : answer({ code: "unauthenticated" }, 401);
      }
      posts.push({ path, body: body && JSON.parse(body) });
      if (hanging) {
        const [given, began] = [hanging, Date.now()];
        return new Promise((_, fail) => signal.addEventListener("abort", () => fail(given.push(Date.now() - began))));
      }
      return path === "/auth/refresh" ? server.refresh(posts.at(-1)!.body.refresh_token) : issue(`u_${made}`);
    }) as Options["fetch"],
    expire: () => { made += 100; },
  };
  return server;
}

function begin(server: ReturnType<typeof accounts>, storage = memory()) {
  const { token: _, ...options } = { token: 0, fetch: server.fetch!, storage };
  return fakeClient({ ...options, token: undefined });
}

test("an account is made once, however many ask at the same time, and kept", async () => {
  const server = accounts();
  const storage = memory();
  const { client, last } = begin(server, storage);
  client.connect();
  await Promise.all([1, 2, 3].map(() => client.rest("GET", "/personas")));
  await soon();
  last().onopen?.({});
  expect(last().sent[0]).toMatchObject({ type: "hello", token: "a1" });
  await begin(server, storage).client.rest("GET", "/personas");
  expect(server.posts).toEqual([{ path: "/auth/anonymous", body: undefined }]);
});

test("refused tokens are renewed once for all who were refused", async () => {
  const server = accounts();
  const { client } = begin(server);
  await client.rest("GET", "/personas");
  server.expire();
  await Promise.all([1, 2, 3].map(() => client.rest("GET", "/personas").catch(() => null)));
  expect(server.posts.filter(({ path }) => path === "/auth/refresh")).toHaveLength(1);
});

test("a token is renewed before it expires, and another tab's renewal is taken over", async () => {
  const server = accounts();
  const storage = memory();
  const one = begin(server, storage);
  const two = begin(server, storage);
  await one.client.rest("GET", "/personas");
  await two.client.rest("GET", "/personas");
  await soon(880_000);
  await one.client.rest("GET", "/personas");
  await two.client.rest("GET", "/personas");
  expect(server.posts.map(({ path }) => path)).toEqual(["/auth/anonymous", "/auth/refresh"]);
});

test.each([true, false])("what is about to end is renewed while it holds, and nobody waits (new program: %s)", async (anew) => {
  const server = accounts();
  const storage = memory();
  const first = begin(server, storage);
  await first.client.rest("GET", "/personas");
  await soon(640_000);
  await first.client.rest("GET", "/personas");
  expect(server.posts).toHaveLength(1);
  await soon(60_000);
  server.hang();
  const { client } = anew ? begin(server, storage) : first;
  for (let time = 0; time < 3; time += 1) await client.rest("GET", "/personas");
  await soon();
  expect(server.posts.map(({ path }) => path)).toEqual(["/auth/anonymous", "/auth/refresh"]);
  server.go();
  await soon(2_000);
  expect(server.posts).toHaveLength(3);
  await soon(300_000);
  await client.rest("GET", "/personas");
  expect(server.posts).toHaveLength(3);
});

test("a renewal that hangs is begun anew after two seconds, once, and then has its time", async () => {
  const server = accounts();
  const { client } = begin(server);
  await client.rest("GET", "/personas");
  await soon(890_000);
  const given = server.hang();
  const asked = client.rest("GET", "/personas").catch((error) => error.code);
  await soon(9_000);
  expect([await asked, given]).toEqual(["unreachable", [2_000, 6_000]]);
  const again = client.rest("GET", "/personas");
  await soon();
  server.go();
  await soon(2_000);
  expect(await again).toEqual({ personas: [] });
  expect(new Set(server.posts.slice(1).map(({ body }) => body.refresh_token))).toEqual(new Set(["r1"]));
});

test("where making an account hangs nobody makes a second meanwhile", async () => {
  const server = accounts();
  const given = server.hang();
  const asked = begin(server).client.rest("GET", "/personas").catch((error) => error.code);
  await soon(9_000);
  expect([await asked, given, server.posts.length]).toEqual(["unreachable", [6_000], 1]);
});

test("in browsers one tab at a time renews", async () => {
  const held: string[] = [];
  const locks = { request: (name: string, work: () => Promise<unknown>) => (held.push(name), work()) };
  vi.stubGlobal("navigator", { locks });
  await begin(accounts()).client.rest("GET", "/personas");
  expect(held).toEqual(["ion"]);
});

test("an account that is gone becomes a new one", async () => {
  const server = accounts();
  const { client, last } = begin(server);
  client.connect();
  await soon();
  last().welcome("u_1");
  server.refresh = () => answer({ code: "unauthenticated" }, 401);
  last().shut(4401);
  await soon(500);
  last().welcome("u_2");
  expect(last().said("hello")[0]!.token).toBe("a2");
  expect(server.posts.map(({ path }) => path)).toEqual(["/auth/anonymous", "/auth/refresh", "/auth/anonymous"]);
});

test("a server that can't be reached keeps the account", async () => {
  const server = accounts();
  const storage = memory();
  await begin(server, storage).client.rest("GET", "/personas");
  server.refresh = () => answer({ code: "overloaded" }, 503);
  await soon(890_000);
  await expect(begin(server, storage).client.rest("GET", "/personas")).rejects.toMatchObject({ code: "overloaded", retryable: true });
  expect(server.posts.at(-1)).toEqual({ path: "/auth/refresh", body: { refresh_token: "r1" } });
  const { client } = fakeClient({ fetch: () => Promise.reject(new TypeError("offline")) });
  await expect(client.rest("GET", "/personas")).rejects.toMatchObject({ code: "unreachable", status: 0 });
});

const cut = () => new Response(new ReadableStream({ start: (body) => body.error(new TypeError("cut")) }));
const portal = () => new Response("<html>Sign in to this network");

test.each([["a network that one has to sign in to", portal], ["a connection cut in the middle", cut]])("%s is waited out", async (_, between) => {
  const server = accounts();
  const { client, last } = begin(server);
  await client.rest("GET", "/personas");
  await soon(890_000);
  const { refresh } = server;
  server.refresh = between;
  client.connect();
  await soon(100);
  expect(client.state).not.toBe("denied");
  server.refresh = refresh;
  await soon(30_000);
  expect(last().sent).toEqual([]);
  last().welcome();
  expect(client.state).toBe("open");
  client.close();
});

test("an account whose tokens can't be kept any more goes on with the last ones", async () => {
  const server = accounts();
  const storage = memory();
  const { client } = begin(server, storage);
  await client.rest("GET", "/personas");
  storage.set = () => { throw new Error("full"); };
  for (let time = 0; time < 4; time += 1) {
    await soon(890_000);
    await client.rest("GET", "/personas");
  }
  expect(server.posts.map(({ body }) => body?.refresh_token)).toEqual([undefined, "r1", "r2", "r3", "r4"]);
});
