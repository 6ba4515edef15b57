import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IonClient, type KeyValue, memory } from "../src/index";
import { fakeClient, type FakeSocket } from "./fake";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const soon = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const statuses = (client: IonClient) =>
  client.opened.flatMap((each) => each.messages.map(({ text, status }) => `${text}: ${status}`));

/** Ack the newest send on a socket as a server does that knows each id once. */
function ack(socket: FakeSocket, duplicate = false): string {
  const { client_msg_id } = socket.said("send").at(-1)!;
  const turn_id = `t_${client_msg_id}`;
  socket.give(
    { type: "attached", epoch: "e", seq: 0, recovered: true },
    { type: "ack", client_msg_id, turn_id, message_id: `m_${client_msg_id}`, duplicate },
  );
  return client_msg_id;
}

test("messages go one by one, in order, and what is acked leaves the storage", async () => {
  const storage = memory();
  const { client, last } = fakeClient({ storage });
  const session = client.session();
  const ids = ["one", "two", "three"].map((text) => session.send(text));
  expect(statuses(client)).toEqual(["one: queued", "two: queued", "three: queued"]);
  client.connect();
  await soon();
  last().welcome();
  const kept = () => (storage.keys() as string[]).filter((key) => key.startsWith("ion:q:")).length;
  for (const at of ids.keys()) {
    expect(last().said("send").map((each) => each.client_msg_id)).toEqual(ids.slice(0, at + 1));
    expect(last().said("send")[at]!.session_id).toBe(at ? "s_1" : undefined);
    ack(last());
    await soon();
    expect(kept()).toBe(2 - at);
  }
  expect(statuses(client)).toEqual(["one: sent", "two: sent", "three: sent"]);
  expect(session.messages.map(({ key }) => key)).toEqual(ids);
});

test("a program that ended without goodbye says the rest the next time, in the same session", async () => {
  const storage = memory();
  const first = fakeClient({ storage });
  const { key } = first.client.session();
  first.client.session(key).send("one");
  first.client.session(key).send("two");
  first.client.connect();
  await soon();
  first.last().welcome();
  ack(first.last());
  await soon();

  const second = fakeClient({ storage });
  const session = second.client.session(key);
  const third = session.send("three");
  second.client.connect();
  await soon();
  expect(session.id).toBe("s_1");
  expect(session.messages.map(({ text }) => text)).toEqual(["two", "three"]);
  second.last().welcome();
  expect(second.last().said("hello")[0]!.attach).toEqual([{ session_id: "s_1" }]);
  expect(second.last().said("send")).toMatchObject([{ text: "two", session_id: "s_1" }]);
  ack(second.last());
  expect(second.last().said("send").at(-1)).toMatchObject({ client_msg_id: third, session_id: "s_1" });
});

test("unsent messages are sent even when nobody opens their session again", async () => {
  const storage = memory();
  fakeClient({ storage }).client.session().send("left behind");
  await soon();
  const { client, last } = fakeClient({ storage });
  client.connect();
  await soon();
  last().welcome();
  expect(last().said("send")).toMatchObject([{ text: "left behind" }]);
  expect(statuses(client)).toEqual(["left behind: queued"]);
});

test("two tabs on one storage say the same message with the same id", async () => {
  const storage = memory();
  const one = fakeClient({ storage });
  const id = one.client.session().send("hello");
  await soon();
  const two = fakeClient({ storage });
  for (const tab of [one, two]) {
    tab.client.connect();
    await soon();
    tab.last().welcome();
  }
  expect(ack(one.last())).toBe(id);
  expect(ack(two.last(), true)).toBe(id);
  await soon();
  for (const tab of [one, two]) {
    expect(statuses(tab.client)).toEqual(["hello: sent"]);
    expect(tab.client.opened[0]!.id).toBe("s_1");
  }
  expect((storage.keys() as string[]).filter((key) => key.startsWith("ion:q:"))).toEqual([]);
});

test.each([
  ["is full", { set: () => { throw new Error("QuotaExceededError"); } }],
  ["is denied", { get: () => Promise.reject(new Error()), keys: () => Promise.reject(new Error()) }],
  ["is spoiled", { keys: () => ["ion:q:a", "ion:name:b"], get: () => "{not JSON" }],
] as [string, Partial<KeyValue>][])("a storage that %s is told of, and messages are sent", async (_, fault) => {
  const { client, last } = fakeClient({ storage: { ...memory(), ...fault } });
  const problems: unknown[] = [];
  client.on("error", (problem) => problems.push(problem));
  client.session().send("hello");
  client.connect();
  await soon();
  last().welcome();
  ack(last());
  expect(statuses(client)).toEqual(["hello: sent"]);
  expect(problems).toContainEqual({ code: "storage" });
});

test("what is kept and makes no sense is left alone, and nothing waits for it", async () => {
  const frame = { type: "send", client_msg_id: "c_kept", text: "kept" };
  const entries: Record<string, unknown> = {
    "q:a": { at: 1, frame }, "q:b": { key: "", at: 1, frame }, "q:c": { key: "s_1", at: 1 }, "q:d": 3,
    "q:e": { key: "s_1", at: "long ago", frame }, "q:f": { key: "s_1", frame }, "name:g": 5, "name:h": { id: "s_2" },
    "q:c_kept": { key: "s_1", at: 1, frame },
  };
  const storage = memory();
  for (const [key, value] of Object.entries(entries)) storage.set(`ion:${key}`, JSON.stringify(value));
  const { client, last } = fakeClient({ storage });
  client.connect();
  await soon();
  last().welcome();
  expect(statuses(client)).toEqual(["kept: queued"]);
  expect(last().said("send")).toMatchObject([{ session_id: "s_1", text: "kept" }]);
});

test("a refusal for now is tried again when the server says, one for good is told", async () => {
  const storage = memory();
  const { client, last } = fakeClient({ storage });
  const session = client.session("s_1");
  const problems: unknown[] = [];
  session.on("error", (problem) => problems.push(problem));
  client.connect();
  await soon();
  last().welcome();
  const ref = session.send("hello");
  const error = { type: "error", message: "", ref };
  last().give({ ...error, code: "rate_limited", retryable: true, retry_after_ms: 1_000 });
  await soon(900);
  expect(last().said("send")).toHaveLength(1);
  await soon(200);
  expect(last().said("send")).toHaveLength(2);
  last().give({ ...error, code: "bad_frame", retryable: false });
  expect(session.messages).toMatchObject([{ status: "failed", error: "bad_frame" }]);
  expect(problems).toEqual([{ code: "bad_frame", message: "", ref }]);

  const next = session.send("goes on");
  expect(last().said("send").at(-1)!.client_msg_id).toBe(next);
  ack(last());
  session.retry(ref);
  expect(last().said("send").at(-1)!.client_msg_id).toBe(ref);
  last().give({ ...error, code: "turn_running", retryable: true });
  session.discard(ref);
  await soon();
  expect(statuses(client)).toEqual(["goes on: sent"]);
  expect(storage.keys()).toEqual([]);
});

test("a session that can't be read now is asked for once more, however often that is said", async () => {
  const { client, last } = fakeClient();
  const session = client.session("s_1");
  client.connect();
  await soon();
  last().welcome();
  // attach and typing are all refused while a store is away
  const busy = { type: "error", code: "overloaded", message: "", retryable: true, ref: "s_1" };
  for (let time = 1; time <= 20; time += 1) {
    session.typing(true);
    last().give(busy, busy);
    await soon(3_000);
  }
  expect(last().said("attach")).toHaveLength(20);
  client.close();
});

test("a text that is too long is refused here, since it would end the connection", async () => {
  const { client, last } = fakeClient();
  client.connect();
  await soon();
  last().welcome();
  client.session().send("한".repeat(21_800));
  client.session().send("\u{1f642}".repeat(8_000));
  expect(last().said("send")).toHaveLength(1);
  expect(client.opened.map(({ messages: [message] }) => message!.error)).toEqual(["text_too_long", undefined]);
});

test("a socket that says nothing after a message is given up, and the message said again", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0 });
  client.connect();
  await soon();
  last().welcome();
  const id = client.session().send("hello");
  await soon(5_100);
  last().welcome();
  expect(sockets.length).toBe(2);
  expect(last().said("send")[0]!.client_msg_id).toBe(id);
});

test("a session that is closed is read no more", async () => {
  const { client, last } = fakeClient();
  const session = client.session("s_1");
  client.connect();
  await soon();
  last().welcome();
  session.close();
  expect(last().said("detach")).toEqual([{ type: "detach", session_id: "s_1" }]);
  last().shut(1006);
  await soon(500);
  last().welcome();
  expect(last().said("hello")[0]!.attach).toEqual([]);
  expect(client.session("s_1")).toBe(session);
  expect(last().said("attach")).toEqual([{ type: "attach", session_id: "s_1" }]);
});

test("no more sessions are read than a socket may, and one that is used is read again", async () => {
  const { client, last } = fakeClient();
  client.connect();
  await soon();
  last().welcome();
  const all = Array.from({ length: 10 }, (_, at) => client.session(`s_${at}`));
  expect(last().said("detach").map((each) => each.session_id)).toEqual(["s_0", "s_1"]);
  all[0]!.send("back");
  expect(last().said("detach").at(-1)!.session_id).toBe("s_2");
  expect(last().sent.slice(-3).map(({ type }) => type).sort()).toEqual(["detach", "ping", "send"].sort());
  expect(last().said("attach").at(-1)!.session_id).toBe("s_0");
});

test("a session opened between hello and welcome is attached", async () => {
  const { client, last } = fakeClient();
  client.connect();
  await soon();
  last().onopen?.({});
  client.session("s_1");
  last().give({ type: "welcome", user_id: "u" });
  expect(last().said("attach")).toEqual([{ type: "attach", session_id: "s_1" }]);
});

test("typing is told at most every three seconds, reading once", async () => {
  const { client, last } = fakeClient();
  const session = client.session("s_1");
  client.connect();
  await soon();
  last().welcome();
  last().give(
    { type: "attached", epoch: "e", seq: 0, recovered: true },
    { type: "turn_started", seq: 1, turn_id: "t", message_ids: [], attempt: 1 },
    { type: "turn_done", seq: 2, turn_id: "t", message_id: "a", text: "Hi", finish_reason: "stop" },
  );
  for (let key = 0; key < 7; key += 1) {
    session.typing(true);
    await soon(1_000);
  }
  session.typing(false);
  session.typing(false);
  expect(last().said("typing").map(({ active }) => active)).toEqual([true, true, true, false]);
  expect(client.unread).toBe(1);
  session.read();
  session.read();
  expect(client.unread).toBe(0);
  expect(last().said("read")).toEqual([{ type: "read", session_id: "s_1", message_id: "a" }]);
});

test("a stop waits for its turn: unsent, unacked, or on a connection that is not back yet", async () => {
  const { client, last } = fakeClient({ random: () => 0 });
  const session = client.session();
  session.send("hello");
  session.stop();
  client.connect();
  await soon();
  last().welcome();
  const turn_id = `t_${ack(last())}`;
  last().shut(1006);
  await soon(1);
  last().welcome();
  expect(last().said("stop")).toEqual([]);
  last().give({ type: "attached", epoch: "e", seq: 0, recovered: true });
  expect(last().said("stop")).toEqual([{ type: "stop", session_id: "s_1", turn_id }]);
  const message = { id: "m", role: "user", text: "hello", created_at: "", client_msg_id: turn_id.slice(2), turn_id };
  last().give({ type: "message", seq: 1, message });
  last().give({ type: "turn_done", seq: 2, turn_id, message_id: "a", text: "He", finish_reason: "stopped" });
  expect(session.messages.at(-1)).toMatchObject({ text: "He", status: "stopped" });
  last().shut(1006);
  await soon(1);
  last().welcome();
  last().give({ type: "attached", epoch: "e", seq: 2, recovered: true });
  expect(last().said("stop")).toEqual([]);
});
