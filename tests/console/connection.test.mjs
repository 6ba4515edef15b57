import assert from "node:assert/strict";
import { test } from "node:test";

import { backoffMs } from "../../app/console/core/backoff.js";
import { Connection } from "../../app/console/core/connection.js";
import { FakeSocket, FakeTime, seeded, settle } from "./helpers.mjs";

const WELCOME = { type: "welcome", heartbeat_s: 20 };

function setUp({ token = async () => "token" } = {}) {
  FakeSocket.all = [];
  const time = new FakeTime();
  const statuses = [];
  const frames = [];
  const asked = [];
  const connection = new Connection({
    setTimeout: time.setTimeout, clearTimeout: time.clearTimeout, random: () => 0.5,
    openSocket: (subprotocol) => Object.assign(new FakeSocket(), { subprotocol }),
    token: (why) => {
      asked.push(why.stale);
      return token(why);
    },
    hello: () => ({ attach: [{ session_id: "s_1" }] }),
    onFrame: (frame) => frames.push(frame),
    onStatus: (status, why) => statuses.push(why ? `${status}:${why}` : status),
  });
  const socket = () => FakeSocket.all.at(-1);
  const opened = async () => {
    connection.start();
    await settle();
    socket().opens();
    socket().says(WELCOME);
    return socket();
  };
  return { time, connection, statuses, frames, asked, socket, opened };
}

test("it says hello with the token, and is open when it is welcomed", async () => {
  const { connection, opened, statuses } = setUp();
  assert.equal(connection.send({ type: "ping" }), false);
  const socket = await opened();
  assert.equal(socket.subprotocol, "ion.v2.1.json");
  assert.deepEqual(socket.sent, [{ type: "hello", token: "token", attach: [{ session_id: "s_1" }] }]);
  assert.deepEqual(statuses, ["connecting", "open"]);
  assert.equal(connection.send({ type: "ping" }), true);
  connection.start();
  assert.equal(FakeSocket.all.length, 1);
});

test("frames are passed on, and what is no frame is not", async () => {
  const { opened, frames } = setUp();
  const socket = await opened();
  for (const bad of ["{", "null", "[]", "{}"]) socket.says(bad);
  socket.says({ type: "pong" });
  assert.deepEqual(frames.map((frame) => frame.type), ["welcome", "pong"]);
});

test("a lost connection comes back after a pause that grows", async () => {
  const { opened, time, statuses } = setUp();
  let socket = await opened();
  for (const pause of [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
    socket.closes(1006);
    assert.equal(statuses.at(-1), "waiting:closed");
    await time.pass(pause - 1);
    assert.equal(FakeSocket.all.at(-1), socket);
    await time.pass(1);
    assert.notEqual(FakeSocket.all.at(-1), socket);
    socket = FakeSocket.all.at(-1);
  }
});

test("a connection that held makes the next pause short again", async () => {
  const { opened, time } = setUp();
  let socket = await opened();
  socket.closes(1006);
  await time.pass(250);
  socket = FakeSocket.all.at(-1);
  socket.opens();
  socket.says(WELCOME);
  await time.pass(5_000);
  socket.closes(1006);
  await time.pass(250);
  assert.notEqual(FakeSocket.all.at(-1), socket);
});

test("a socket that never opens, and a server that never welcomes, are given up", async () => {
  const { connection, time, statuses, socket } = setUp();
  connection.start();
  await time.pass(12_000);
  assert.equal(statuses.at(-1), "waiting:slow");
  assert.equal(socket().closed, true);
});

test("a token that can't be had is asked for again later", async () => {
  let fails = true;
  const { connection, time, statuses, socket } = setUp({
    token: async () => {
      if (fails) throw Object.assign(new Error("no"), { status: 0 });
      return "t";
    },
  });
  connection.start();
  await settle();
  assert.deepEqual([statuses.at(-1), socket()], ["waiting:token", undefined]);
  fails = false;
  await time.pass(250);
  assert.ok(socket());
});

test("too many requests for tokens are followed by a long pause", async () => {
  const { connection, time, statuses } = setUp({
    token: async () => { throw Object.assign(new Error("slow down"), { status: 429 }); },
  });
  connection.start();
  await settle();
  await time.pass(10_200);
  assert.equal(statuses.at(-1), "waiting:token");
  const tries = statuses.length;
  await time.pass(100);
  assert.ok(statuses.length > tries);
});

test("a token that comes after the connection was left opens nothing", async () => {
  for (const outcome of ["resolve", "reject"]) {
    let decide;
    const { connection, statuses } = setUp({
      token: () => new Promise((resolve, reject) => { decide = { resolve, reject }; }),
    });
    connection.start();
    connection.stop();
    decide[outcome]("late");
    await settle();
    assert.deepEqual([FakeSocket.all.length, statuses.at(-1)], [0, "idle"]);
  }
});

test("4401 asks for another token, once", async () => {
  const { opened, time, asked, socket } = setUp();
  (await opened()).closes(4401);
  await time.pass(250);
  socket().closes(1006);
  await time.pass(500);
  assert.deepEqual(asked, [false, true, false]);
});

test("4403 and 4409 end the trying, until the person says otherwise", async () => {
  for (const [code, why] of [[4403, "forbidden"], [4409, "replaced"]]) {
    const { opened, time, connection, statuses } = setUp();
    const socket = await opened();
    socket.closes(code);
    await time.pass(600_000);
    assert.equal(statuses.at(-1), `refused:${why}`);
    connection.wake();
    await settle();
    assert.notEqual(FakeSocket.all.at(-1), socket);
  }
});

test("a server that has too much to do is left alone for longer", async () => {
  for (const [code, least] of [[4429, 10_000], [1013, 2_000], [4400, 1_000]]) {
    const { opened, time } = setUp();
    const socket = await opened();
    socket.closes(code);
    await time.pass(least + 249);
    assert.equal(FakeSocket.all.at(-1), socket);
    await time.pass(1);
    assert.notEqual(FakeSocket.all.at(-1), socket);
  }
});

test("it pings while it is seen, and a silent socket is replaced", async () => {
  const { opened, time, statuses } = setUp();
  const socket = await opened();
  await time.pass(20_000);
  assert.equal(socket.sent.at(-1).type, "ping");
  socket.says({ type: "pong" });
  await time.pass(20_000 + 7_999);
  assert.equal(statuses.at(-1), "open");
  await time.pass(1);
  assert.deepEqual([statuses.at(-1), socket.closed], ["waiting:silent", true]);
});

test("any frame is a sign of life", async () => {
  const { opened, time, statuses } = setUp();
  const socket = await opened();
  await time.pass(20_000);
  socket.says({ type: "delta" });
  await time.pass(19_000);
  assert.equal(statuses.at(-1), "open");
});

test("a hidden page does not ping; seen again it makes sure at once", async () => {
  const { opened, time, connection, statuses } = setUp();
  const socket = await opened();
  connection.hide();
  await time.pass(300_000);
  assert.deepEqual(socket.sent.map((frame) => frame.type), ["hello"]);
  connection.show();
  assert.equal(socket.sent.at(-1).type, "ping");
  await time.pass(3_000);
  assert.equal(statuses.at(-1), "waiting:silent");
});

test("when the network is said to be gone, a live socket stays and a dead one goes", async () => {
  const { opened, time, connection, statuses } = setUp();
  const socket = await opened();
  connection.doubt();
  socket.says({ type: "pong" });
  await time.pass(5_000);
  assert.equal(statuses.at(-1), "open");
  connection.doubt();
  await time.pass(3_000);
  assert.equal(statuses.at(-1), "waiting:silent");
  connection.doubt();
  assert.equal(statuses.at(-1), "waiting:silent");
});

test("waking up does not wait for the pause to end", async () => {
  const { opened, connection, time } = setUp();
  const socket = await opened();
  for (let lost = 0; lost < 6; lost += 1) {
    FakeSocket.all.at(-1).closes(1006);
    await time.pass(20_000);
  }
  FakeSocket.all.at(-1).closes(1006);
  const before = FakeSocket.all.length;
  connection.wake();
  await settle();
  assert.equal(FakeSocket.all.length, before + 1);
  assert.notEqual(FakeSocket.all.at(-1), socket);
});

test("a drain is followed: leave when told, and come back", async () => {
  const { opened, time, statuses } = setUp();
  const socket = await opened();
  socket.says({ type: "drain", reconnect_in_ms: 1_000 });
  await time.pass(1_249);
  assert.equal(statuses.at(-1), "open");
  await time.pass(1);
  assert.deepEqual([statuses.at(-1), socket.closed], ["connecting", true]);
});

test("a draining server that closes first is given time to start again", async () => {
  const { opened, time, statuses, socket } = setUp();
  (await opened()).says({ type: "drain", reconnect_in_ms: 3_000 });
  socket().closes(1012);
  assert.equal(statuses.at(-1), "waiting:closed");
  await time.pass(999);
  assert.equal(FakeSocket.all.length, 1);
  await time.pass(1);
  assert.equal(FakeSocket.all.length, 2);
});

test("a reset begins a new socket, and only an open one can be reset", async () => {
  const { opened, connection, statuses } = setUp();
  connection.reset();
  assert.deepEqual(statuses, []);
  await opened();
  connection.reset();
  assert.equal(statuses.at(-1), "waiting:reset");
});

test("a second welcome, after a new token, changes nothing", async () => {
  const { opened, statuses } = setUp();
  (await opened()).says(WELCOME);
  assert.deepEqual(statuses, ["connecting", "open"]);
});

test("what an old socket says is not heard", async () => {
  const { opened, connection, frames } = setUp();
  const socket = await opened();
  connection.stop();
  socket.says({ type: "pong" });
  socket.closes(1006);
  assert.equal(frames.length, 1);
});

test("a pause is drawn evenly from zero to a growing bound", () => {
  const random = seeded(7);
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const bound = Math.min(20_000, 500 * 2 ** attempt);
    const drawn = Array.from({ length: 200 }, () => backoffMs(attempt, random));
    assert.ok(Math.min(...drawn) >= 0 && Math.max(...drawn) <= bound);
    const mean = drawn.reduce((sum, each) => sum + each) / drawn.length;
    assert.ok(Math.abs(mean / bound - 0.5) < 0.1, `attempt ${attempt}: ${mean} of ${bound}`);
  }
});
