// Whether a phone is told, and what it does with what comes.

import { Api } from "../../src/core/api";
import { Push } from "../../src/core/push";
import { fakePhone, FakeServer, SERVER } from "../phone";
import { newDisk } from "../sqlite";

async function opened(platform: "android" | "web" = "android") {
  const server = new FakeServer();
  server.answers["PUT /devices/i_1"] = {};
  const phone = fakePhone(await newDisk(), server, { platform });
  const { notifications } = phone;
  const api = new Api(SERVER, { fetch: server.fetch, token: async () => "a1" });
  const push = new Push({ api, phone, notifications, installationId: "i_1", language: () => "ko" });
  return { server, notifications, push };
}

test("nobody is asked before they want to be told; then every start registers, and every new address", async () => {
  const { server, notifications, push } = await opened();
  await push.start(() => {});
  expect([push.permission, server.times("PUT", "/devices/i_1")]).toEqual(["unasked", 0]);
  await push.enable();
  expect(server.asked.at(-1)?.body).toEqual({
    kind: "fcm_token", platform: "android", token: "token-1", locale: "ko-GB", timezone: "Europe/London", app_version: "2.1.0",
  });
  expect(push.registered).toBe(true);
  notifications.tell("token", "token-2");
  await settled();
  expect(server.asked.at(-1)?.body).toMatchObject({ token: "token-2" });
  await push.refresh();
  expect(server.times("PUT", "/devices/i_1")).toBe(3);
});

test("a build without Firebase says so instead of failing", async () => {
  const { server, notifications, push } = await opened();
  notifications.address = null;
  await push.enable();
  expect([push.permission, push.registered, server.times("PUT", "/devices/i_1")]).toEqual(["impossible", false, 0]);
});

test("what comes sets the badge, what is late is passed over, what was read elsewhere is taken away", async () => {
  const { server, notifications, push } = await opened();
  const came = jest.fn();
  await push.start(came);
  const data = { thread: "s_1", notification_id: "n_1", badge: "2", number: "20" };
  notifications.tell("came", data);
  expect([came.mock.calls, notifications.shownBadge]).toEqual([[["s_1"]], 2]);
  notifications.tell("came", { ...data, number: "10", badge: "9" });
  expect(notifications.shownBadge).toBe(2);
  notifications.tell("came", { thread: "s_1", clear: "1", badge: "0", number: "30" });
  expect([notifications.cleared, notifications.shownBadge]).toEqual([["s_1"], 0]);
  await settled();
  expect(server.times("POST", "/notifications/n_1/ack")).toBe(1);
});

test("that a notification was opened is told; a server that does not hear it is no accident", async () => {
  const { server, notifications, push } = await opened();
  await push.start(() => {});
  server.answers["POST /notifications/n_1/ack"] = 503;
  notifications.tell("opened", { thread: "s_1", notification_id: "n_1" });
  await settled();
  expect(server.asked.at(-1)?.body).toEqual({ installation_id: "i_1", event: "opened" });
  push.stop();
  expect(Object.values(notifications.listeners).map(({ size }) => size)).toEqual([0, 0, 0]);
});

async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}
