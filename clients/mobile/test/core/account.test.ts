// Who the person is, whatever the network does.

import { Account } from "../../src/core/account";
import { Api } from "../../src/core/api";
import { fakePhone, FakeServer, gate, SERVER, settled } from "../phone";
import { newDisk } from "../sqlite";

async function opened() {
  const server = new FakeServer();
  const { secrets, fetch } = fakePhone(await newDisk(), server);
  const clock = { now: 0 };
  const slow = { fetch, secrets: { ...secrets } };
  const begin = () => new Account(SERVER, {
    secrets: { get: (key) => slow.secrets.get(key), set: (...pair) => slow.secrets.set(...pair), remove: (key) => slow.secrets.remove(key) },
    fetch: (...asked) => slow.fetch(...asked), now: () => clock.now,
  });
  return { server, clock, begin, secrets, slow };
}

test("one account is made however many ask at once, and is there after a restart", async () => {
  const { server, begin } = await opened();
  const account = begin();
  const tokens = await Promise.all([1, 2, 3].map(() => account.token()));
  expect(tokens).toEqual(["a1", "a1", "a1"]);
  expect(await begin().token()).toBe("a1");
  expect(server.times("POST", "/auth/anonymous")).toBe(1);
});

test("a token is renewed before it ends, and once when it is refused", async () => {
  const { server, clock, begin } = await opened();
  let renewed = 0;
  server.answers["POST /auth/refresh"] = () => ({
    user_id: "u_1", access_token: `a${(renewed += 1) + 1}`, refresh_token: "r2", expires_in: 900,
  });
  const account = begin();
  await account.token();
  clock.now = 850_000;
  expect(await account.token()).toBe("a2");
  expect(await Promise.all([account.token({ stale: true }), account.token({ stale: true })])).toEqual(["a3", "a3"]);
  expect(await account.token()).toBe("a3");
});

test("a token that is about to end is used while another is fetched, and nobody waits for that", async () => {
  const { server, clock, begin, slow } = await opened();
  server.answers["POST /auth/refresh"] = { user_id: "u_1", access_token: "a2", refresh_token: "r2", expires_in: 900 };
  const account = begin();
  await account.token();
  clock.now = 750_000;
  const held = gate();
  slow.fetch = async (...asked) => {
    await held.opened;
    return server.fetch(...asked);
  };
  expect([await account.token(), await account.token()]).toEqual(["a1", "a1"]);
  held.open();
  await settled();
  expect(await account.token()).toBe("a2");
  expect(server.times("POST", "/auth/refresh")).toBe(1);
});

test("when the account is gone the person is somebody else, and is told so once", async () => {
  const { server, begin } = await opened();
  const account = begin();
  const heard = jest.fn();
  account.onNewUser = heard;
  await account.token();
  server.answers["POST /auth/refresh"] = 401;
  server.answers["POST /auth/anonymous"] = { user_id: "u_2", access_token: "b1", refresh_token: "q1", expires_in: 900 };
  expect(await account.token({ stale: true })).toBe("b1");
  expect(account.userId).toBe("u_2");
  expect(heard).toHaveBeenCalledTimes(1);
});

test("a server that can't be reached, or is ill, makes nobody somebody else", async () => {
  const { server, clock, begin } = await opened();
  const account = begin();
  await account.token();
  clock.now = 900_000;
  server.up = false;
  await expect(account.token()).rejects.toMatchObject({ status: 0, retryable: true });
  server.up = true;
  server.answers["POST /auth/refresh"] = 503;
  await expect(account.token()).rejects.toMatchObject({ status: 503 });
  expect(account.userId).toBe("u_1");
});

test("a renewal that hangs is begun anew after three seconds, once, and then has its time", async () => {
  const { clock, begin, slow } = await opened();
  const account = begin();
  await account.token();
  clock.now = 900_000;
  jest.useFakeTimers();
  try {
    const given: number[] = [];
    slow.fetch = (_, { signal }) => new Promise((_answer, fail) => {
      const began = Date.now();
      signal!.addEventListener("abort", () => fail(given.push(Date.now() - began)));
    });
    const asked = account.token().catch((error) => error);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await asked).toMatchObject({ code: "unreachable" });
    expect(given).toEqual([3_000, 15_000]);
  } finally {
    jest.useRealTimers();
  }
});

const NEXT = { user_id: "u_2", access_token: "b1", refresh_token: "q1", expires_in: 900 };

test.each([["renewed", NEXT], ["refused", 401]])("who is forgotten while their tokens are %s stays forgotten", async (_, answer) => {
  const { server, begin, slow, secrets } = await opened();
  server.answers["POST /auth/refresh"] = answer;
  const account = begin();
  account.onNewUser = jest.fn();
  await account.token();
  const held = gate();
  slow.fetch = async (...asked) => {
    const response = await server.fetch(...asked);
    await held.opened;
    return response;
  };
  const renewing = account.token({ stale: true });
  renewing.catch(() => {});
  await settled();
  await account.forget();
  slow.fetch = server.fetch;
  server.answers["POST /auth/anonymous"] = { ...NEXT, user_id: "u_3", access_token: "c1" };
  expect(await account.token()).toBe("c1");
  held.open();
  await expect(renewing).rejects.toMatchObject({ code: "forgotten" });
  expect([account.userId, await account.token(), await begin().token()]).toEqual(["u_3", "c1", "c1"]);
  expect(JSON.stringify(await secrets.get("ion.tokens.https___mentor.test"))).toContain("u_3");
  expect(account.onNewUser).not.toHaveBeenCalled();
});

test("a slow keychain's last word is the last thing said to it", async () => {
  const { begin, slow, secrets } = await opened();
  const held = gate();
  slow.secrets.set = async (...pair) => {
    await held.opened;
    await secrets.set(...pair);
  };
  const account = begin();
  const token = account.token();
  await settled();
  const forgotten = account.forget();
  held.open();
  await Promise.all([token, forgotten]);
  expect(await secrets.get("ion.tokens.https___mentor.test")).toBeNull();
});

test("tokens read slowly don't come back to who was forgotten meanwhile", async () => {
  const { begin, slow, secrets } = await opened();
  await begin().token();
  const held = gate();
  slow.secrets.get = async (key) => {
    const kept = await secrets.get(key);
    await held.opened;
    return kept;
  };
  const account = begin();
  const loading = account.load();
  await account.forget();
  held.open();
  await loading;
  expect(account.userId).toBeNull();
});

test("a keychain that can't be read makes nobody somebody else", async () => {
  const { server, begin, slow, secrets } = await opened();
  await begin().token();
  slow.secrets.get = async () => Promise.reject(new Error("locked"));
  const account = begin();
  await expect(account.token()).rejects.toMatchObject({ status: 0, retryable: true });
  slow.secrets.get = secrets.get;
  expect([await account.token(), server.times("POST", "/auth/anonymous")]).toEqual(["a1", 1]);
});

test("who is new is told so also when the keychain can't keep it", async () => {
  const { server, begin, slow } = await opened();
  const account = begin();
  account.onNewUser = jest.fn();
  await account.token();
  server.answers["POST /auth/refresh"] = 401;
  server.answers["POST /auth/anonymous"] = NEXT;
  slow.secrets.set = async () => Promise.reject(new Error("full"));
  await expect(account.token({ stale: true })).rejects.toMatchObject({ code: "keychain" });
  expect([account.userId, (account.onNewUser as jest.Mock).mock.calls.length]).toEqual(["u_2", 1]);
});

test("a call whose token is refused is made once more with another", async () => {
  const server = new FakeServer();
  const given: boolean[] = [];
  const api = new Api(SERVER, {
    fetch: server.fetch,
    token: async ({ stale }) => {
      given.push(stale);
      return stale ? "new" : "old";
    },
  });
  let tries = 0;
  server.answers["GET /checkins"] = () => ((tries += 1) === 1 ? 401 : { checkins: [] });
  expect(await api.checkIns()).toEqual([]);
  expect(given).toEqual([false, true]);
});

test("what a network says that one has to sign in to is no answer", async () => {
  const fetch = async () => ({ ok: true, status: 200, text: async () => "<html>Sign in to this network" }) as Response;
  const api = new Api(SERVER, { fetch, token: async () => "token" });
  await expect(api.deleteSession("s_1")).rejects.toMatchObject({ status: 0, code: "unreachable", retryable: true });
});

test("tokens that the keychain could not keep are kept as soon as it can", async () => {
  const { server, clock, begin, slow } = await opened();
  const account = begin();
  await account.token();
  server.answers["POST /auth/refresh"] = { user_id: "u_1", access_token: "a2", refresh_token: "r2", expires_in: 900 };
  clock.now = 850_000;
  const { set } = slow.secrets;
  slow.secrets.set = async () => Promise.reject(new Error("busy"));
  await expect(account.token()).rejects.toMatchObject({ code: "keychain" });
  expect(await account.token()).toBe("a2");
  slow.secrets.set = set;
  expect(await account.token()).toBe("a2");
  expect(await begin().token()).toBe("a2");
  expect(server.times("POST", "/auth/refresh")).toBe(1);
});
