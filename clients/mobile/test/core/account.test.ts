// Who the person is, whatever the network does.

import { Account } from "../../src/core/account";
import { Api } from "../../src/core/api";
import { fakePhone, FakeServer, SERVER } from "../phone";
import { newDisk } from "../sqlite";

async function opened() {
  const server = new FakeServer();
  const { secrets, fetch } = fakePhone(await newDisk(), server);
  const clock = { now: 0 };
  const begin = () => new Account(SERVER, { secrets, fetch, now: () => clock.now });
  return { server, clock, begin };
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
