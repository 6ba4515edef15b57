import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pause } from "../src/backoff";
import { IonClient, IonError, memory } from "../src/index";
import { fakeClient } from "./fake";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const soon = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

test("it speaks the protocol to the server that it was given", async () => {
  const device = { installation_id: "d1", platform: "web" as const };
  const { client, last } = fakeClient({ device });
  client.connect();
  expect(client.state).toBe("connecting");
  await soon();
  expect(last().url).toBe("wss://ion.test/api/v2.1/ws");
  expect(last().protocols).toEqual(["ion.v2.1.json"]);
  last().welcome();
  expect(client.state).toBe("open");
  expect(last().sent).toEqual([{ type: "hello", token: "token", device, attach: [] }]);
  client.close();
  expect(client.state).toBe("idle");
  expect(last().closed).toBe(true);
});

test("where there is no WebSocket it says so, and does not try again until woken", async () => {
  vi.stubGlobal("WebSocket", undefined);
  const client = new IonClient({ url: "https://ion.test", token: () => "token", storage: memory() });
  const told: unknown[] = [];
  client.on("error", (error) => told.push(error));
  client.on("state", (event) => told.push(event));
  client.connect();
  await soon(60_000);
  expect(told).toEqual([{ state: "denied", why: "no_websocket" }]);
});

test("pauses are drawn from the whole of a ceiling that doubles up to ten seconds", () => {
  for (let tries = 0; tries < 100; tries += 1) {
    const ceiling = Math.min(10_000, 200 * 2 ** tries);
    expect(pause(tries, { random: () => 0 })).toBe(0);
    expect(pause(tries, { random: () => 0.999_999 })).toBeGreaterThan(ceiling * 0.99);
    expect(pause(tries, { random: () => 0.999_999 })).toBeLessThan(ceiling);
  }
});

test("it comes back by itself, ever more slowly, and at once when woken", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0.999 });
  client.connect();
  await soon();
  for (const ms of [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]) {
    last().shut(1006);
    expect(client.state).toBe("waiting");
    const before = sockets.length;
    await soon(ms * 0.99);
    expect(sockets.length).toBe(before);
    await soon(ms * 0.02);
    expect(sockets.length).toBe(before + 1);
  }
  last().shut(1006);
  const before = sockets.length;
  client.wake();
  await soon();
  expect(sockets.length).toBe(before + 1);
});

/** Answer `hello` after so long. */
async function welcomed(socket: ReturnType<ReturnType<typeof fakeClient>["last"]>, ms: number): Promise<void> {
  socket.onopen?.({});
  await soon(ms);
  socket.give({ type: "welcome", user_id: "u_1", limits: { text_chars: 8_000, frame_bytes: 65_536, sessions: 16 } });
}

test("waking an open connection asks for a sign of life, within a second of when one is due", async () => {
  const { client, sockets, last } = fakeClient();
  client.connect();
  await soon();
  await welcomed(last(), 900);
  client.wake();
  expect(last().said("ping")).toHaveLength(1);
  await soon(1_850);
  last().give({ type: "pong" });
  await soon(200);
  expect(client.state).toBe("open");
  client.wake();
  await soon(3_200);
  expect(sockets.length).toBe(2);
  expect(sockets[0]!.closed).toBe(true);
});

test("on the slowest networks it waits for three seconds", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0 });
  client.connect();
  await soon();
  await welcomed(last(), 5_000);
  client.wake();
  await soon(2_000);
  last().give({ type: "pong" });
  client.wake();
  await soon(2_990);
  expect(client.state).toBe("open");
  await soon(20);
  expect(sockets.length).toBe(2);
});

test("one answer that was late does not make a fast network a slow one", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0 });
  client.connect();
  await soon();
  last().welcome();
  client.wake();
  await soon(900);
  last().give({ type: "pong" });
  client.wake();
  await soon(1_100);
  expect(sockets.length).toBe(2);
});

test("who has just begun waits for no more than one and a half", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0 });
  client.connect();
  await soon();
  client.wake();
  await soon(1_490);
  expect(sockets.length).toBe(1);
  await soon(20);
  expect(sockets.length).toBe(2);
  expect(last()).toBe(sockets[1]);
});

test("on a fast network a dead socket is given up sooner than that", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0 });
  client.connect();
  await soon();
  last().welcome();
  client.wake();
  await soon(10);
  last().give({ type: "pong" });
  client.wake();
  await soon(1_100);
  expect(sockets.length).toBe(2);
});

test("silence is looked into: soon while an answer is waited for, else after twenty seconds", async () => {
  const { client, last } = fakeClient();
  client.connect();
  await soon();
  last().welcome();
  await soon(19_000);
  expect(last().said("ping")).toHaveLength(0);
  await soon(1_500);
  expect(last().said("ping")).toHaveLength(1);
  last().give({ type: "pong" });
  client.session("s_1");
  last().give(
    { type: "attached", epoch: "e", seq: 0, recovered: true },
    { type: "turn_started", seq: 1, turn_id: "t", message_ids: [], attempt: 1 },
    { type: "delta", seq: 2, turn_id: "t", message_id: "a", text: "…" },
  );
  await soon(5_100);
  expect(last().said("ping")).toHaveLength(2);
});

test("a connection that opens and then says nothing is given up", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0 });
  client.connect();
  await soon();
  last().onopen?.({});
  await soon(11_900);
  expect(sockets.length).toBe(1);
  client.wake();
  await soon(3_100);
  expect(sockets.length).toBe(2);
});

test("a try that hangs when it is woken is not paid for with the pauses before it", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0.999 });
  client.connect();
  await soon();
  for (let tries = 0; tries < 8; tries += 1) {
    last().shut(1006);
    await soon(10_000);
  }
  const before = sockets.length;
  client.wake();
  await soon(3_250);
  expect(sockets.length).toBe(before + 1);
});

test("the first try that knew of the network is given up soon when it hangs, too, the next has its time", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0 });
  client.connect();
  await soon();
  await welcomed(last(), 100);
  client.wake();
  const given = async (ms: number) => {
    const before = sockets.length;
    await soon(ms - 50);
    expect(sockets.length).toBe(before);
    await soon(60);
    expect(sockets.length).toBe(before + 1);
  };
  await given(1_100);
  await given(1_400);
  await given(12_000);
});

test("a try that knew of the network is not hurried by hearing of it again", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0.999 });
  client.connect();
  await soon();
  last().shut(1006);
  client.wake();
  await soon(100);
  client.wake();
  await soon(2_800);
  expect(sockets.length).toBe(2);
  last().welcome();
  expect(client.state).toBe("open");
});

test("a sign of life ends the doubt: who loses the connection later has the whole time for the next", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0 });
  client.connect();
  await soon();
  last().welcome();
  client.wake();
  last().give({ type: "pong" });
  last().shut(1012);
  await soon();
  expect(sockets.length).toBe(2);
  await soon(11_900);
  expect(sockets.length).toBe(2);
});

test("a server that leaves says when to come back", async () => {
  const { client, sockets, last } = fakeClient({ random: () => 0.5 });
  client.connect();
  await soon();
  last().welcome();
  last().give({ type: "drain", reconnect_in_ms: 3_000 });
  await soon(500);
  expect(client.state).toBe("open");
  last().shut(1012);
  expect(client.state).toBe("waiting");
  await soon(2_000);
  expect(sockets.length).toBe(1);
  await soon(700);
  expect(sockets.length).toBe(2);
});

describe("what the server does not allow", () => {
  test.each([[4403, "forbidden"], [4409, "replaced"], [4410, "gone"]])(
    "after %i it stays away until it is woken", async (code, why) => {
      const { client, sockets, last } = fakeClient();
      const told: unknown[] = [];
      client.on("state", (each) => told.push(each));
      client.connect();
      await soon();
      last().welcome();
      last().shut(code);
      expect(told.at(-1)).toEqual({ state: "denied", why });
      await soon(600_000);
      expect(sockets.length).toBe(1);
      client.wake();
      await soon();
      expect(sockets.length).toBe(2);
    });

  test("a refused token is asked for anew once, then it stays away", async () => {
    const asked: boolean[] = [];
    const { client, sockets, last } = fakeClient({
      token: ({ stale }) => (asked.push(stale), `token-${asked.length}`),
    });
    client.connect();
    await soon();
    last().welcome();
    last().shut(4401);
    await soon(500);
    last().welcome();
    expect(last().said("hello")[0]!.token).toBe("token-2");
    last().shut(4401);
    await soon(1_000);
    last().shut(4401);
    expect(client.state).toBe("denied");
    await soon(60_000);
    expect(sockets.length).toBe(3);
    expect(asked).toEqual([false, true, true]);
  });

  test("a token callback that fails is asked again, unless it says that this is for good", async () => {
    let tries = 0;
    const { client, sockets } = fakeClient({
      token: () => {
        tries += 1;
        throw tries < 3 ? new Error("offline") : new IonError("forbidden", 403, false);
      },
    });
    client.connect();
    await soon(60_000);
    expect(tries).toBe(3);
    expect(client.state).toBe("denied");
    expect(sockets.length).toBe(0);
  });

  test("who is asked to wait does", async () => {
    const { client, sockets, last } = fakeClient({ random: () => 0 });
    client.connect();
    await soon();
    last().welcome();
    last().give({ type: "error", code: "rate_limited", message: "", retryable: true, retry_after_ms: 20_000 });
    last().shut(4429);
    await soon(19_900);
    expect(sockets.length).toBe(1);
    await soon(200);
    expect(sockets.length).toBe(2);
  });
});

test("in a browser it wakes when the page is seen, shown again, or the network is back", async () => {
  const page = { hidden: true };
  const window = new EventTarget();
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("removeEventListener", window.removeEventListener.bind(window));
  const { client, last } = fakeClient();
  client.connect();
  await soon();
  last().welcome();
  const pings = () => last().said("ping").length;
  window.dispatchEvent(new Event("visibilitychange"));
  expect(pings()).toBe(0);
  page.hidden = false;
  window.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event("online"));
  expect(pings()).toBe(2);
  client.close();
  client.connect();
  await soon();
  last().welcome();
  client.close();
  window.dispatchEvent(new Event("online"));
  expect(client.state).toBe("idle");
});

test("what a listener throws is nobody else's accident", async () => {
  const reported = vi.spyOn(console, "error").mockReturnValue();
  const { client } = fakeClient();
  const told: string[] = [];
  client.on("state", () => { throw new Error("mine"); });
  const off = client.on("state", ({ state }) => told.push(state));
  client.connect();
  off();
  client.close();
  expect(told).toEqual(["connecting"]);
  expect(reported).toHaveBeenCalledTimes(2);
});
